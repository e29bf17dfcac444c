using Microsoft.AspNetCore.Authentication;

namespace WebDemo;

/// <summary>The key of <see cref="ApiKeyHandler"/>.</summary>
internal sealed class ApiKeyOptions : AuthenticationSchemeOptions
{
    /// <summary>Null: anyone may ask.</summary>
    public string? Key { get; set; }
}
