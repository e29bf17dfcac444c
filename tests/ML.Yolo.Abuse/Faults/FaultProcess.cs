using Microsoft.ML;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Faults;

/// <summary>What tests have another process do, so that they can kill it or take its disk away.</summary>
internal static class FaultProcess
{
    private const string Old = "what was there before";

    /// <summary>Plays a role.</summary>
    /// <returns>0 where it went as it should.</returns>
    public static int Run(string role, IReadOnlyList<string> arguments) => role switch
    {
        "write" => WriteWhereNothingFits(arguments[0]),
        "save" => SaveForever(arguments[0]),
        "convert" => ConvertForever(arguments[0]),
        _ => throw new ArgumentException($"There is no role '{role}'.", nameof(role)),
    };

    /// <summary>Has every writer write into a folder where it cannot, beside nothing and over a file, and prints what does not go as it should.</summary>
    private static int WriteWhereNothingFits(string folder)
    {
        using var writers = new Writers();
        var wrong = 0;
        foreach (var (name, write) in writers.All)
        {
            foreach (var path in new[] { Path.Combine(folder, $"new.{name}"), Path.Combine(folder, $"old.{name}") })
                wrong += Tell(name, path, write, File.Exists(path) ? File.ReadAllText(path) : null);
        }

        foreach (var (name, write) in writers.Folders)
            wrong += Tell(name, Path.Combine(folder, name), write, null);
        Console.WriteLine(wrong == 0 ? "every writer refused" : $"{wrong} writers did not refuse");
        return wrong;
    }

    private static int Tell(string name, string path, Action<string> write, string? before)
    {
        var said = "";
        try
        {
            write(path);
        }
        catch (IOException exception) when (exception.Message.Contains(path, StringComparison.Ordinal))
        {
            said = exception.Message;
        }
        catch (Exception exception)
        {
            Console.WriteLine($"{name}: {exception.GetType().Name} that does not name '{path}': {exception.Message}");
            return 1;
        }

        var after = File.Exists(path) ? File.ReadAllText(path) : null;
        var isLeft = after == before && (before is null || before == Old);
        if (said.Length > 0 && isLeft)
            return 0;
        Console.WriteLine($"{name}: '{path}' was {(said.Length == 0 ? "written without an exception" : $"changed, though it was said: {said}")}");
        return 1;
    }

    /// <summary>Writes two models over one file in turn, until it is killed.</summary>
    private static int SaveForever(string path)
    {
        var mlContext = new MLContext();
        var models = new[] { 2, 3 }.Select(classes => RandomDetector.Create(SmallArchitecture.EveryBlock, 64, classCount: classes)).ToArray();
        for (var i = 0; ; i++)
        {
            mlContext.Model.SaveAtomically(models[i % 2], null, path);
            models[i % 2].SaveWeights(path + ".safetensors");
            if (i == 1)
                Console.WriteLine("saving");
        }
    }

    /// <summary>Writes one split after the other into a set, until it is killed.</summary>
    private static int ConvertForever(string folder)
    {
        using var rows = new Writers();
        for (var i = 0; ; i++)
        {
            rows.Folders["yolo"](Path.Combine(folder, $"set{i}"));
            if (i == 1)
                Console.WriteLine("converting");
        }
    }
}
