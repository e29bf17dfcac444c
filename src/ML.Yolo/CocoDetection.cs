using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>A detection as COCO's tools read it: serialised in a list, it is a results file of <c>pycocotools</c>.</summary>
/// <param name="ImageId">Id of the image in the annotations.</param>
/// <param name="CategoryId">Id of the category in the annotations.</param>
/// <param name="Bbox">Left, top, width, height: pixels of the upright image.</param>
/// <param name="Score">Confidence in [0, 1].</param>
public sealed record CocoDetection(
    [property: JsonPropertyName("image_id")] long ImageId,
    [property: JsonPropertyName("category_id")] long CategoryId,
    [property: JsonPropertyName("bbox")] IReadOnlyList<float> Bbox,
    [property: JsonPropertyName("score")] float Score);
