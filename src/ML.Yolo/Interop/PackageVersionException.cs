namespace ML.Yolo;

/// <summary>A package is loaded in a version that this library does not work with. The message names the version found and the versions wanted.</summary>
/// <remarks>
/// Thrown by the first call into the library: a catalog method, a constructor that takes an <c>MLContext</c>, or the loading of a saved model.
/// </remarks>
public sealed class PackageVersionException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public PackageVersionException()
    {
    }

    /// <summary>An exception that says what does not fit.</summary>
    /// <param name="message">Package, version found, versions wanted.</param>
    public PackageVersionException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what does not fit and where that was seen.</summary>
    /// <param name="message">Package, version found, versions wanted.</param>
    /// <param name="innerException">The cause.</param>
    public PackageVersionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal PackageVersionException(string package, string? found, string wanted)
        : base($"{package} {(found is null ? "is not there, or names no version" : $"is loaded in version {found}")}; ML.Yolo was compiled for {wanted}. "
            + $"Reference {package} in a version of that range in the program's project.")
        => (PackageName, Found, Wanted) = (package, found, wanted);

    /// <summary>The package, as NuGet names it.</summary>
    public string? PackageName { get; }

    /// <summary>The version that is loaded; null where its assembly names none, or is not there.</summary>
    public string? Found { get; }

    /// <summary>The versions the library was compiled for, as NuGet writes a range: <c>[5.0.1, 5.1)</c>.</summary>
    public string? Wanted { get; }
}
