namespace LibTorchFree;

/// <summary>An image to look at.</summary>
internal sealed class ImageRow
{
    public string ImagePath { get; set; } = "";
}
