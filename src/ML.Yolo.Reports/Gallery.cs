namespace ML.Yolo.Reports;

/// <summary>The first few images by some order; only those that enter are drawn, and only those that stay are kept.</summary>
/// <param name="title">Heading.</param>
/// <param name="rank">Of an image its rank, highest first; null keeps it out.</param>
/// <param name="size">How many images it holds at most.</param>
internal sealed class Gallery(string title, Func<ImageVerdict, (double, double)?> rank, int size)
{
    private readonly List<((double, double) Rank, GalleryImage Image)> _images = [];

    public string Title => title;

    public IEnumerable<GalleryImage> Images => _images.Select(entry => entry.Image);

    /// <summary>Takes an image if it ranks among the first; of equals the earlier stays.</summary>
    public void Offer(ImageVerdict verdict, Func<GalleryImage> draw)
    {
        if (rank(verdict) is not { } place)
            return;
        var index = _images.FindIndex(entry => place.CompareTo(entry.Rank) > 0);
        if (index < 0)
            index = _images.Count;
        if (index >= size)
            return;
        _images.Insert(index, (place, draw()));
        if (_images.Count > size)
            _images.RemoveAt(size);
    }
}
