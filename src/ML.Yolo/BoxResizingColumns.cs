using System.Text.Json.Serialization;
using Microsoft.ML.Transforms.Image;
using ML.Yolo.Columns;

namespace ML.Yolo;

/// <summary>What a box resizing reads, writes and does; saved as JSON.</summary>
internal sealed record BoxResizingColumns
{
    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    public required string SourceImageColumnName { get; init; }

    public required string ResizedImageColumnName { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<ImageResizingEstimator.ResizingKind>))]
    public required ImageResizingEstimator.ResizingKind Resizing { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<ImageResizingEstimator.Anchor>))]
    public required ImageResizingEstimator.Anchor CropAnchor { get; init; }

    /// <summary>The boxes read.</summary>
    [JsonIgnore]
    public NamedColumn Boxes => new("bounding box", InputColumnName, ColumnType.Boxes);

    /// <summary>The image before.</summary>
    [JsonIgnore]
    public NamedColumn SourceImage => new("source image", SourceImageColumnName, ColumnType.Image);

    /// <summary>The image after.</summary>
    [JsonIgnore]
    public NamedColumn ResizedImage => new("resized image", ResizedImageColumnName, ColumnType.Image);

    /// <exception cref="ArgumentException">A name is empty, or the two images are one column.</exception>
    public void Check()
    {
        (string Field, string Name)[] columns =
        [
            (nameof(OutputColumnName), OutputColumnName),
            (nameof(InputColumnName), InputColumnName),
            (nameof(SourceImageColumnName), SourceImageColumnName),
            (nameof(ResizedImageColumnName), ResizedImageColumnName),
        ];
        foreach (var (field, name) in columns)
        {
            if (string.IsNullOrWhiteSpace(name))
                throw new ArgumentException($"{field} is empty; it must name a column.", field);
        }

        if (SourceImageColumnName == ResizedImageColumnName)
        {
            throw new ArgumentException(
                $"The image and the resized image are both the column '{SourceImageColumnName}'; give ResizeImages an output column of its own, "
                + "since both sizes are needed.",
                nameof(ResizedImageColumnName));
        }

        if (!Enum.IsDefined(Resizing) || !Enum.IsDefined(CropAnchor))
            throw new ArgumentException($"Resizing is {Resizing} and the crop anchor {CropAnchor}; values of ResizeImages were expected.", nameof(Resizing));
    }
}
