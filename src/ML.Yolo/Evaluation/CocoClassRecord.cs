namespace ML.Yolo.Evaluation;

/// <summary>What was seen of one class.</summary>
internal sealed class CocoClassRecord
{
    /// <summary>Objects that are looked for, by the ranges of <see cref="CocoAreaRange.All"/>.</summary>
    public int[] ObjectCounts { get; } = new int[CocoAreaRange.All.Length];

    /// <summary>All detections, those beyond COCO's limit included.</summary>
    public int DetectionCount { get; set; }

    /// <summary>The detections that count.</summary>
    public ClassDetections<CocoOutcome> Detections { get; } = new();

    public void AddObjects(ReadOnlySpan<EvaluatedObject> objects)
    {
        foreach (var item in objects)
        {
            for (var area = 0; area < ObjectCounts.Length; area++)
                ObjectCounts[area] += item.CountsWithin(CocoAreaRange.All[area]) ? 1 : 0;
        }
    }
}
