namespace ML.Yolo.Tests;

/// <summary>The folder of golden vectors, data sets and weights, which tests use where it is there.</summary>
internal static class SharedFolder
{
    private static readonly string? Root = Find();

    public static bool IsPresent => Root is not null;

    public static string Reason => "The shared folder (golden vectors, data sets, weights) is neither at ML_YOLO_SHARED nor at ../shared.";

    public static string Path(params string[] parts)
        => System.IO.Path.Combine([Root ?? throw new InvalidOperationException(Reason), .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ML_YOLO_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "ML.Yolo.sln")))
            folder = folder.Parent;
        var beside = folder?.Parent is { } parent ? System.IO.Path.Combine(parent.FullName, "shared") : null;
        return Directory.Exists(beside) ? beside : null;
    }
}
