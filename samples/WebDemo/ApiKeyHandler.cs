using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace WebDemo;

/// <summary>Knows callers by one key: <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<ApiKeyOptions> options, ILoggerFactory logger, UrlEncoder encoder, IProblemDetailsService problems)
    : AuthenticationHandler<ApiKeyOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public new const string Scheme = "ApiKey";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var authorization = Request.Headers.Authorization.ToString();
        var isBearer = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        var given = isBearer ? authorization[Bearer.Length..] : Request.Headers["X-Api-Key"].ToString();
        if (Options.Key is { } key)
        {
            if (given.Length == 0)
                return Task.FromResult(AuthenticateResult.NoResult());
            // Hashes are of one length and compared in one time, whatever was given.
            if (!CryptographicOperations.FixedTimeEquals(Hash(given), Hash(key)))
                return Task.FromResult(AuthenticateResult.Fail("The key is wrong."));
        }

        var caller = new ClaimsPrincipal(new ClaimsIdentity([], Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        var detail = "The server asks for a key: Authorization: Bearer KEY, or X-Api-Key: KEY.";
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            ProblemDetails = new ProblemDetails { Status = StatusCodes.Status401Unauthorized, Title = "A key is needed", Detail = detail },
        });
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
