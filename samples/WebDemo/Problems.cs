using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using ML.Yolo;

namespace WebDemo;

/// <summary>Says what was wrong, as problem details (RFC 9457).</summary>
internal sealed class Problems(IProblemDetailsService writer) : IExceptionHandler
{
    // Nginx's number for a client that went away; nobody reads it but the log.
    private const int ClientClosedRequest = 499;
    private const string RetrySeconds = "1";

    /// <summary>Whoever is told that the server is busy is told when to come back.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable && string.IsNullOrEmpty(context.HttpContext.Response.Headers.RetryAfter))
            context.HttpContext.Response.Headers.RetryAfter = RetrySeconds;
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        if (Describe(exception) is not { } problem)
            return false;
        httpContext.Response.StatusCode = problem.Status!.Value;
        return await writer.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails? Describe(Exception exception) => exception switch
    {
        ImageException image => new ProblemDetails
        {
            Status = image.Status,
            Title = image.Title,
            Detail = image.Message,
            Extensions = image.Part is { } part ? new Dictionary<string, object?> { ["part"] = part } : new Dictionary<string, object?>(),
        },
        DetectionQueueFullException full => Busy(full.Message),
        ObjectDisposedException => Busy("The server is stopping."),
        BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Detail = bad.Message },
        _ => null,
    };

    private static ProblemDetails Busy(string detail)
        => new() { Status = StatusCodes.Status503ServiceUnavailable, Title = "The server is busy", Detail = detail };
}
