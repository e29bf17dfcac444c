using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>Logits that say exactly what one target per image asks for, at every point within it, by inverting the box coding.</summary>
internal static class PerfectPointPrediction
{
    private const double Sure = 40;

    public static Tensor[] Of(RandomPointInput input) => [.. input.Maps.Select(map => Layer(input, map))];

    private static Tensor Layer(RandomPointInput input, Tensor map)
    {
        var logits = full_like(map, -Sure).detach();
        var (width, height) = (map.shape[3], map.shape[2]);                               // of the image in cells
        foreach (var row in input.TargetRows)
        {
            var (x, y, w, h) = (row[2] * width, row[3] * height, row[4] * width / 2, row[5] * height / 2);
            for (var cell = 0; cell < width * height; cell++)
            {
                var (px, py) = ((cell % width) + 0.5, (cell / width) + 0.5);
                double[] distances = [px - x + w, py - y + h, x + w - px, y + h - py];
                if (distances.Min() <= 0)
                    continue;
                var point = logits[(long)row[0], TensorIndex.Colon, cell / width, cell % width];
                point.narrow(0, 0, 64).copy_(YoloV8BoxCoding.EncodeLogits(tensor(distances)));
                point[64 + (long)row[1]] = tensor(Sure, map.dtype);
            }
        }

        return logits;
    }
}
