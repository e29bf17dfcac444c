using System.Reflection;

namespace ML.Yolo.Interop;

/// <summary>Compares the packages that are loaded with those the library was compiled for.</summary>
/// <remarks>
/// The library uses internals of ML.NET, and MLImage breaks with SkiaSharp 3: without this check a program that updates them would end in a
/// <see cref="MissingMethodException"/> somewhere. It is not a module initializer, whose exception the runtime would wrap in a
/// <see cref="TypeInitializationException"/>. No type of the packages is named here, so the check itself needs none of them.
/// </remarks>
internal static class PackageVersions
{
    // The assembly, the package it comes in, and the build's metadata that says which versions are wanted.
    private static readonly (string Assembly, string Package, string Range)[] Required =
    [
        ("Microsoft.ML.Core", "Microsoft.ML", "MLNetVersion"),
        ("Microsoft.ML.Data", "Microsoft.ML", "MLNetVersion"),
        ("Microsoft.ML.ImageAnalytics", "Microsoft.ML.ImageAnalytics", "MLNetVersion"),
        ("SkiaSharp", "SkiaSharp", "SkiaSharpVersion"),
    ];

    private static readonly Lazy<PackageVersionException?> Misfit = new(() => FindMisfit(InformationalVersion));

    /// <exception cref="PackageVersionException">A package is loaded in a version that the library was not compiled for.</exception>
    public static void EnsureSupported()
    {
        if (Misfit.Value is { } misfit)
            throw new PackageVersionException(misfit.PackageName!, misfit.Found, misfit.Wanted!);
    }

    /// <summary>The first package whose version does not fit.</summary>
    /// <param name="versionOf">Says the version of an assembly; null where it is not there or names none.</param>
    internal static PackageVersionException? FindMisfit(Func<string, string?> versionOf)
    {
        foreach (var (assembly, package, range) in Required)
        {
            var wanted = Wanted(range);
            var found = versionOf(assembly) is { } text ? VersionRange.ReadVersion(text) : null;
            if (found is null || !wanted.Contains(found))
                return new PackageVersionException(package, found is null ? null : VersionRange.Short(found), wanted.ToString());
        }

        return null;
    }

    private static VersionRange Wanted(string range)
        => VersionRange.Parse(typeof(PackageVersions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == range).Value!);

    // ML.NET's assembly version is 1.0.0.0 in every release; the informational one is the package's, followed by + or - and the commit.
    private static string? InformationalVersion(string assembly)
    {
        try
        {
            return Assembly.Load(new AssemblyName(assembly)).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }
}
