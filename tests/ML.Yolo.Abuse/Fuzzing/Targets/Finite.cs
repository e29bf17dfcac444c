using TorchSharp;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>What was accepted must be finite.</summary>
internal static class Finite
{
    /// <exception cref="FuzzFindingException">A number is not finite.</exception>
    public static void Check(IEnumerable<float> numbers, string what)
    {
        if (numbers.Any(number => !float.IsFinite(number)))
            throw new FuzzFindingException($"{what} that are not finite were accepted.");
    }

    /// <exception cref="FuzzFindingException">A weight is not finite.</exception>
    public static void Check(YoloNetwork network)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (name, tensor) in network.state_dict())
        {
            if (!tensor.isfinite().all().item<bool>())
                throw new FuzzFindingException($"The weights '{name}', which are not finite, were accepted.");
        }
    }

    /// <exception cref="FuzzFindingException">A box or a score is not finite, or a score is beyond [0, 1].</exception>
    public static void Check(ImageDetections detections)
    {
        Check(detections.SelectMany(found => new[] { found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y1, found.Score }), "Detections");
        if (detections.Any(found => found.Score is < 0 or > 1))
            throw new FuzzFindingException("A score is beyond [0, 1].");
    }
}
