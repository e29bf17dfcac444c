using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ML.Yolo.Tests.Scoring;

/// <summary>A row that counts how often its image is read, as a file would be decoded.</summary>
internal sealed class CountedImage(MLImage image)
{
    private int _reads;

    [ImageType(64, 64)]
    public MLImage Image
    {
        get
        {
            _reads++;
            return image;
        }
    }

    public int Reads() => _reads;
}
