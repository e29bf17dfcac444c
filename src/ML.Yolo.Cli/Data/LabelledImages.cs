using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Cli.Data;

/// <summary>Steps between the rows of a loader and those that trainer and detector take.</summary>
internal static class LabelledImages
{
    /// <summary>The rows with their pictures in the column Image.</summary>
    public static IDataView WithImages(this MLContext mlContext, IDataView rows) => mlContext.ImageLoader().Fit(rows).Transform(rows);

    /// <summary>Loads the pictures that ImagePath names.</summary>
    public static ImageLoadingEstimator ImageLoader(this MLContext mlContext) => mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath");

    /// <summary>The rows with labels as keys of the given classes, in their order.</summary>
    public static IDataView WithKeys(this MLContext mlContext, IDataView rows, IEnumerable<string> classNames)
    {
        var names = mlContext.Data.LoadFromEnumerable(classNames.Select(name => new ClassName { Name = name }).ToList());
        return mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(rows).Transform(rows);
    }

    /// <summary>The rows of a loader as objects.</summary>
    public static List<LabelledPicture> Pictures(this MLContext mlContext, IDataView rows)
        => [.. mlContext.Data.CreateEnumerable<LabelledPicture>(rows, reuseRowObject: false, ignoreMissingColumns: true)];

    /// <summary>Those rows whose picture is, or is not, one of the given.</summary>
    public static IDataView Where(this MLContext mlContext, IDataView rows, Func<string, bool> isKept)
        => mlContext.Data.FilterByCustomPredicate<PathRow>(rows, row => !isKept(row.ImagePath));

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
