using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>A row that was read, its image kept.</summary>
/// <param name="Place">Where the row stands.</param>
/// <param name="Image">Index in the image cache.</param>
/// <param name="Letterbox">Where the image lies on the canvas, upright.</param>
/// <param name="Objects">The objects, pixels of the upright image.</param>
/// <param name="Checksum">Of the pixels.</param>
/// <param name="File">Where the image can be read again; null where its pixels are kept.</param>
internal sealed record ReadSample(RowPlace Place, int Image, Letterbox Letterbox, Objects Objects, string Checksum, ImageFile? File)
{
    /// <summary>
    /// Boxes are clipped to the image; those of which nothing is left are not objects, and of equal ones one counts, as in the reference.
    /// </summary>
    public TrainingSample ToTrainingSample()
    {
        var (classes, boxes, seen) = (new List<int>(Objects.Classes.Length), new List<Box>(Objects.Boxes.Length), new HashSet<(int, Box)>());
        for (var i = 0; i < Objects.Classes.Length; i++)
        {
            var box = Objects.Boxes[i].Clip(Letterbox.Width, Letterbox.Height);
            if (!(box.X1 > box.X0 && box.Y1 > box.Y0) || !seen.Add((Objects.Classes[i], box)))
                continue;
            classes.Add(Objects.Classes[i]);
            boxes.Add(box);
        }

        return new TrainingSample(Image, Letterbox, [.. classes], [.. boxes]);
    }
}
