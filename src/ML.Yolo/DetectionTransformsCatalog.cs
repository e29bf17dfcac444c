using Microsoft.ML.Transforms.Image;
using ML.Yolo;
using ML.Yolo.Interop;

namespace Microsoft.ML;

/// <summary>Transforms for object detection.</summary>
public static class DetectionTransformsCatalog
{
    /// <summary>
    /// Moves boxes as <c>ResizeImages</c> moves pixels. The trainer letterboxes by itself, so this is needed only where a pipeline resizes before it.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Boxes in pixels of the resized image; may be the input's name.</param>
    /// <param name="inputColumnName">Boxes in pixels of the source image: a vector of Single, four per object.</param>
    /// <param name="sourceImageColumnName">The image before <c>ResizeImages</c>.</param>
    /// <param name="resizedImageColumnName">The image after it, in a column of its own.</param>
    /// <param name="resizing">How it was resized. Default as <c>ResizeImages</c>': IsoCrop.</param>
    /// <param name="cropAnchor">Which part IsoCrop kept. Default as <c>ResizeImages</c>': the centre.</param>
    /// <exception cref="ArgumentException">A column name is empty, or both images are one column.</exception>
    public static BoundingBoxResizingEstimator ResizeBoundingBoxes(
        this TransformsCatalog catalog,
        string outputColumnName = "BoundingBoxes",
        string inputColumnName = "BoundingBoxes",
        string sourceImageColumnName = "Image",
        string resizedImageColumnName = "ResizedImage",
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop,
        ImageResizingEstimator.Anchor cropAnchor = ImageResizingEstimator.Anchor.Center)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new BoundingBoxResizingEstimator(catalog.Environment(), new BoxResizingColumns
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            SourceImageColumnName = sourceImageColumnName,
            ResizedImageColumnName = resizedImageColumnName,
            Resizing = resizing,
            CropAnchor = cropAnchor,
        });
    }
}
