using TorchSharp;

namespace ML.Yolo.Devices;

/// <summary>Draws initial weights, one network at a time.</summary>
/// <remarks>
/// LibTorch has one generator per process. Whatever draws from it goes through here, networks whose weights are replaced afterwards included, so that a
/// seed gives the same weights whatever else is being trained or loaded.
/// </remarks>
internal static class WeightGenerator
{
    private static readonly Lock Lock = new();

    /// <summary>Makes what draws weights while nothing else draws any.</summary>
    /// <param name="make">Draws.</param>
    /// <param name="seed">Where the generator starts from; null goes on from where it is.</param>
    public static T Draw<T>(Func<T> make, int? seed = null)
    {
        lock (Lock)
        {
            if (seed is { } value)
                torch.manual_seed(value);
            return make();
        }
    }
}
