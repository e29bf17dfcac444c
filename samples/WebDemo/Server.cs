using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.FileProviders;
using ML.Yolo;
using OpenTelemetry.Metrics;

namespace WebDemo;

/// <summary>The whole program: options, model, pipeline, end.</summary>
internal static class Server
{
    private const string ThisMachine = "http://127.0.0.1:5080";
    private const string ReadyTag = "ready";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(CommandLine.Usage);
            return 0;
        }

        if (CommandLine.Fault(arguments) is { } fault)
            return Refuse(fault);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(arguments, WebDemoOptions.Switches.ToDictionary());
        WebDemoOptions options;
        try
        {
            options = builder.Configuration.GetSection(WebDemoOptions.Section).Get<WebDemoOptions>() ?? new WebDemoOptions();
        }
        catch (InvalidOperationException exception)
        {
            return Refuse(exception.Message);
        }

        var reach = Reach.Of(builder.Configuration, ThisMachine);
        if ((options.Fault() ?? reach.Fault(options)) is { } wrong)
            return Refuse(wrong);
        var source = new ModelSource(options);
        try
        {
            await using var slot = new ModelSlot(source.Open());
            await using var app = Build(builder, options, reach, source, slot);
            await app.RunAsync();
            return 0;
        }
        catch (ModelException exception)
        {
            return Refuse(exception.Message);
        }
        catch (IOException exception)
        {
            return Refuse(exception.Message);                                            // the address is taken
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return CommandLine.WrongUsage;
    }

    private static WebApplication Build(WebApplicationBuilder builder, WebDemoOptions options, Reach reach, ModelSource source, ModelSlot slot)
    {
        builder.WebHost.UseUrls(reach.Urls);
        if (reach.IsThisMachineAlone)
            builder.Configuration["AllowedHosts"] ??= Reach.NamesOfThisMachine;          // a page elsewhere cannot reach it by a name of its own
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes + (long)(options.MaxParts * 4096);
        });
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds));
        services.AddSingleton(options).AddSingleton(source).AddSingleton(slot).AddSingleton<UploadReader>().AddHostedService<ModelWatch>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete).AddExceptionHandler<Problems>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddValidation();
        services.AddRateLimiter(limiter => Traffic.Configure(limiter, options, reach));
        services.AddAuthentication(ApiKeyHandler.Scheme).AddScheme<ApiKeyOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, scheme => scheme.Key = options.ApiKey);
        services.AddAuthorization();
        services.AddOpenApi("v1", document => ApiDocument.Configure(document, options));
        services.AddHealthChecks().AddCheck<ReadyCheck>(ReadyTag, tags: [ReadyTag]);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(DetectionBatcher.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
        return Map(builder.Build(), options);
    }

    private static WebApplication Map(WebApplication app, WebDemoOptions options)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(SecurityHeaders.AddAsync);
        var page = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = page });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = page });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) });
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapPrometheusScrapingEndpoint("/metrics");
        Api.Map(app, options);
        return app;
    }
}
