using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WebDemo;

/// <summary>Ready from the first model on until the server is asked to stop, so that balancers send no more while it finishes.</summary>
internal sealed class ReadyCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The server is stopping.")
            : HealthCheckResult.Healthy());
}
