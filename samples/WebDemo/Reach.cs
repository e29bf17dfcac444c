using System.Net;

namespace WebDemo;

/// <summary>Where the server listens, and what follows from that.</summary>
internal sealed record Reach(string[] Urls, bool IsThisMachineAlone)
{
    public const string NamesOfThisMachine = "localhost;127.0.0.1;[::1]";

    /// <summary>By the configuration's "urls", or what is served where it says nothing.</summary>
    public static Reach Of(IConfiguration configuration, string otherwise)
    {
        var urls = (configuration["urls"] ?? otherwise).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var isOverridden = configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        return new Reach(urls, !isOverridden && urls.All(IsLoopback));
    }

    /// <summary>What is wrong with it, or null.</summary>
    public string? Fault(WebDemoOptions options) => IsThisMachineAlone || options.AllowAnonymous || options.ApiKey is not null
        ? null
        : $"{string.Join(", ", Urls)} can be reached from other machines: set a key with --api-key, or let anyone ask with --allow-anonymous true.";

    private static bool IsLoopback(string url)
    {
        var host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
