using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Detecting;

/// <summary>Says and keeps what was found, picture by picture.</summary>
internal sealed class DetectionOutput(
    ToolConsole console, ClassFilter classes, DetectionFolder? folder, bool asJson, bool stopsAtBadImages)
{
    /// <summary>Says what was found in a picture.</summary>
    /// <exception cref="FormatException">It could not be read, and that is not to be passed over.</exception>
    public void Write(ScoredImage image)
    {
        if (image.Detections is not { } detections)
        {
            WriteBad(image.Path, image.Problem!);
            return;
        }

        var objects = detections.Where(classes.Keeps).ToList();
        var json = asJson || folder is not null ? DetectionLine.AsJson(image.Path, detections, objects) : "";
        console.Result(asJson ? json : DetectionLine.ForPeople(image.Path, objects));
        folder?.WriteLine(json);
        folder?.Write(image.Path, detections, classes.Keeps);
    }

    private void WriteBad(string path, Exception problem)
    {
        if (stopsAtBadImages)
            throw new FormatException(problem.Message, problem);
        console.Warn(problem.Message);
        var json = DetectionLine.AsJson(path, problem.Message);
        if (asJson)
            console.Result(json);
        folder?.WriteLine(json);
    }
}
