namespace ML.Yolo.Training.Augmentation;

/// <summary>Copies objects, mirrored, to the other side of their image, where they hide little of others (after Ghiasi et al. 2021).</summary>
internal static class CopyPaste
{
    private const float MaxHiddenShare = 0.3f;

    /// <summary>Copies each object with a chance, and adds the copies to the boxes.</summary>
    public static void Apply(Canvas canvas, List<SceneBox> boxes, float probability, Random random)
    {
        foreach (var item in boxes.ToArray())
        {
            if (random.NextSingle() >= probability)
                continue;
            var copy = item.Box with { X0 = canvas.Size - item.Box.X1, X1 = canvas.Size - item.Box.X0 };
            if (boxes.Exists(other => other.Box.SingleShareWithin(copy) >= MaxHiddenShare))
                continue;
            canvas.PasteMirrored(item.Box);
            boxes.Add(item with { Box = copy });
        }
    }
}
