using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Detecting;

/// <summary>What is said and kept of pictures.</summary>
internal sealed class DetectionOutput(ToolConsole console, ClassFilter classes, DetectionFolder? folder, bool asJson, bool stopsAtBadImages)
{
    /// <summary>Saves what was found in a picture, and gives the lines about it.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="name">What files of it are called.</param>
    /// <returns>What to print and what to keep for a COCO file, null where nothing is; and the line of JSON.</returns>
    /// <exception cref="FormatException">It could not be read, and that is not to be passed over.</exception>
    public (string? Printed, string Line, string? Coco) Write(ScoredImage image, string name)
    {
        if (image.Detections is not { } detections)
            return WriteBad(image.Path, image.Problem!);
        var objects = detections.Where(classes.Keeps).ToList();
        var json = asJson || folder is not null ? DetectionLine.AsJson(image.Path, detections, objects) : "";
        folder?.Write(image.Path, name, detections, classes.Keeps);
        var coco = folder is { HasCoco: true } ? CocoDetections.Line(image.Path, detections, classes.Keeps) : null;
        return (asJson ? json : DetectionLine.ForPeople(image.Path, objects), json, coco);
    }

    private (string? Printed, string Line, string? Coco) WriteBad(string path, Exception problem)
    {
        if (stopsAtBadImages)
            throw new FormatException(problem.Message, problem);
        console.Warn(problem.Message);
        var json = DetectionLine.AsJson(path, problem.Message);
        return (asJson ? json : null, json, null);
    }
}
