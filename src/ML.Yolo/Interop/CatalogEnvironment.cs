using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>The environment (log, seed, device, cancellation) behind an ML.NET catalog, which ML.NET keeps to itself.</summary>
internal static class CatalogEnvironment
{
    public static IHostEnvironment Environment(this TrainCatalogBase catalog) => CatalogUtils.GetEnvironment(catalog);

    public static IHostEnvironment Environment(this TrainCatalogBase.CatalogInstantiatorBase trainers) => CatalogUtils.GetEnvironment(trainers);

    public static IHostEnvironment Environment(this DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    public static IHostEnvironment Environment(this TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    public static IHostEnvironment Environment(this ModelOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);
}
