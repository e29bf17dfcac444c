using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace WebDemo;

/// <summary>How many detections are let in: so many at once, whoever asks, and so many a minute of one address.</summary>
internal static class Traffic
{
    /// <summary>The policy of endpoints that take images.</summary>
    public const string Uploads = "uploads";

    private const int UsualRequestsPerMinute = 600;

    public static void Configure(RateLimiterOptions limiter, WebDemoOptions options, Reach reach)
    {
        var perMinute = options.RequestsPerMinute ?? (reach.IsThisMachineAlone ? 0 : UsualRequestsPerMinute);
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context =>
        {
            var takesImages = context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Uploads;
            return perMinute > 0 && takesImages
                ? RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress ?? IPAddress.None, _ => PerMinute(perMinute))
                : RateLimitPartition.GetNoLimiter(IPAddress.Any);
        });
        limiter.AddConcurrencyLimiter(Uploads, atOnce => (atOnce.PermitLimit, atOnce.QueueLimit) = (options.MaxRequests, 0));
        limiter.OnRejected = (context, _) => RefuseAsync(context, options, perMinute);
    }

    private static FixedWindowRateLimiterOptions PerMinute(int requests) => new() { PermitLimit = requests, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };

    /// <summary>One address asks too often (429), or the server has its hands full (503).</summary>
    private static async ValueTask RefuseAsync(OnRejectedContext context, WebDemoOptions options, int perMinute)
    {
        var http = context.HttpContext;
        var isTooOften = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        if (isTooOften)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var problem = isTooOften
            ? new ProblemDetails
            {
                Status = StatusCodes.Status429TooManyRequests,
                Title = "Too many requests",
                Detail = $"At most {perMinute} per minute and address.",
            }
            : new ProblemDetails
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The server is busy",
                Detail = $"{options.MaxRequests} requests are at work, and no more may be.",
            };
        http.Response.StatusCode = problem.Status!.Value;
        var writer = http.RequestServices.GetRequiredService<IProblemDetailsService>();
        await writer.WriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = problem });
    }
}
