using ML.Yolo.Interop;

namespace ML.Yolo.Tests.Interop;

/// <summary>What is said of packages in other versions than those the library was compiled for.</summary>
public sealed class PackageVersionsTests
{
    private static readonly Dictionary<string, string?> Fitting = new()
    {
        ["Microsoft.ML.Core"] = "5.0.1+a4f730ec",
        ["Microsoft.ML.Data"] = "5.0.1+a4f730ec",
        ["Microsoft.ML.ImageAnalytics"] = "5.0.1+a4f730ec",
        ["SkiaSharp"] = "2.88.9.0-9699cdf0",
    };

    [Fact]
    public void EnsureSupported_PackagesOfThisBuild_Passes() => PackageVersions.EnsureSupported();

    [Theory]
    [InlineData("Microsoft.ML.Core", "5.0.1")]
    [InlineData("Microsoft.ML.Data", "5.0.9+sha")]
    [InlineData("SkiaSharp", "2.88.10.0")]
    [InlineData("SkiaSharp", "2.99")]
    public void FindMisfit_VersionInTheRange_FindsNone(string assembly, string version) => Assert.Null(FindMisfit(assembly, version));

    [Theory]
    [InlineData("Microsoft.ML.Core", "4.0.0", "Microsoft.ML", "4.0", "[5.0.1, 5.1)")]
    [InlineData("Microsoft.ML.Data", "5.1.0-preview.1.26+sha", "Microsoft.ML", "5.1", "[5.0.1, 5.1)")]
    [InlineData("Microsoft.ML.ImageAnalytics", "5.0.0", "Microsoft.ML.ImageAnalytics", "5.0", "[5.0.1, 5.1)")]
    [InlineData("SkiaSharp", "3.119.4.0-9699cdf0", "SkiaSharp", "3.119.4", "[2.88.9, 3.0)")]
    [InlineData("SkiaSharp", "2.88.8.0", "SkiaSharp", "2.88.8", "[2.88.9, 3.0)")]
    public void FindMisfit_VersionOutsideTheRange_NamesPackageFoundAndWanted(string assembly, string version, string package, string found, string wanted)
    {
        var misfit = FindMisfit(assembly, version);

        Assert.NotNull(misfit);
        Assert.Equal((package, found, wanted), (misfit.PackageName, misfit.Found, misfit.Wanted));
        Assert.Equal($"{package} is loaded in version {found}; ML.Yolo was compiled for {wanted}. Reference {package} in a version of that range in the program's project.", misfit.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nightly")]
    public void FindMisfit_NoVersion_SaysSo(string? version)
    {
        var misfit = FindMisfit("SkiaSharp", version);

        Assert.NotNull(misfit);
        Assert.Null(misfit.Found);
        Assert.StartsWith("SkiaSharp is not there, or names no version; ML.Yolo was compiled for [2.88.9, 3.0).", misfit.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5.0.1")]
    [InlineData("[5.0.1, 5.1]")]
    [InlineData("[5.0.1)")]
    [InlineData("[a, b)")]
    public void Parse_NoHalfOpenRange_ThrowsAndQuotesIt(string text)
        => Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => VersionRange.Parse(text)).Message, StringComparison.Ordinal);

    private static PackageVersionException? FindMisfit(string assembly, string? version)
        => PackageVersions.FindMisfit(name => name == assembly ? version : Fitting[name]);
}
