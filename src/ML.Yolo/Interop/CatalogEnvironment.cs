using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>The environment (log, seed, device, cancellation) behind an <c>MLContext</c> or an ML.NET catalog, which ML.NET keeps to itself.</summary>
/// <remarks>
/// This is the door of the library, so packages of other versions are found here. What touches ML.NET's internals is a lambda: it is compiled only after
/// the check.
/// </remarks>
/// <exception cref="PackageVersionException">A package is loaded in a version that the library was not compiled for.</exception>
internal static class CatalogEnvironment
{
    public static IHostEnvironment Environment(this MLContext context) => Checked(() => context);

    public static IHostEnvironment Environment(this TrainCatalogBase catalog) => Checked(() => CatalogUtils.GetEnvironment(catalog));

    public static IHostEnvironment Environment(this TrainCatalogBase.CatalogInstantiatorBase trainers) => Checked(() => CatalogUtils.GetEnvironment(trainers));

    public static IHostEnvironment Environment(this DataOperationsCatalog catalog) => Checked(() => CatalogUtils.GetEnvironment(catalog));

    public static IHostEnvironment Environment(this TransformsCatalog catalog) => Checked(() => CatalogUtils.GetEnvironment(catalog));

    public static IHostEnvironment Environment(this ModelOperationsCatalog catalog) => Checked(() => CatalogUtils.GetEnvironment(catalog));

    private static IHostEnvironment Checked(Func<IHostEnvironment> environment)
    {
        PackageVersions.EnsureSupported();
        return environment();
    }
}
