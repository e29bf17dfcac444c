using ML.Yolo.Tests.Packaging;

namespace ML.Yolo.Tests.Documentation;

/// <summary>Every shell command of the README and the pages is run here, or stands here with the reason why not.</summary>
public sealed class ShellCommandTests
{
    private const string Packages = "it asks a registry for the package: PackageTests does the same with packages of its own making";
    private const string Tool = "the tests of the command line run the tool so";
    private const string Minutes = "it trains for minutes: the tests of the samples and of training do the same on less";

    private const string Cluster = "it needs a cluster: the tests of ranks start several processes on this machine";
    private const string Ranks = "the tests of ranks start the tool so, where there is an MPI";

    /// <summary>Command, and why it is not run; null where it is.</summary>
    private static readonly IReadOnlyDictionary<string, string?> Commands = new Dictionary<string, string?>
    {
        ["dotnet run -c Release --project samples/Quickstart"] = Minutes,
        ["dotnet run -c Release --project samples/Quickstart -- --data my-data --weights yolov5n.pt"] = Minutes,
        ["mlyolo train --data my-data --weights yolov5n.pt"] = Tool,
        ["dotnet test -c Release"] = "it runs this test",
        ["dotnet run -c Release --project samples/BloodCells -- --data bccd-export.json"] = Minutes,
        ["dotnet run -c Release --project benchmarks/ML.Yolo.Benchmarks -- accuracy FOLDER 40 0 yolov5n.safetensors"] = Minutes,
        ["dotnet new console -o Detect"] = Packages,
        ["dotnet add Detect package ML.Yolo"] = Packages,
        ["dotnet add Detect package ML.Yolo.Reports"] = Packages,
        ["dotnet add Detect package TorchSharp-cpu"] = Packages,
        ["dotnet add package ML.Yolo"] = Packages,
        ["dotnet add package ML.Yolo.Onnx"] = Packages,
        ["dotnet add package TorchSharp-cpu"] = Packages,
        ["dotnet add package Microsoft.ML.OnnxRuntime"] = Packages,
        ["dotnet publish samples/LibTorchFree -c Release -r linux-x64 --self-contained false -o out/onnxruntime"] = null,
        ["dotnet publish samples/LibTorchFree -c Release -r linux-x64 --self-contained false -p:UsesTorch=true -o out/libtorch"] = null,
        ["dotnet run -c Release --project src/ML.Yolo.Cli -- train --data my-set"] = Tool,
        ["dotnet tool install --global ML.Yolo.Cli"] = "it changes the user's tools: PackedToolTests installs the packed tool in a folder",
        ["mlyolo train --data my-set"] = Tool,
        ["mlyolo train --data my-set/data.yaml --epochs 50"] = Tool,
        ["mlyolo val --model runs/train/model.zip --data my-set/data.yaml"] = Tool,
        ["mlyolo detect --model runs/train/model.zip --source photos --save-images"] = Tool,
        ["mlyolo export --model runs/train/model.zip --format onnx"] = Tool,
        ["mlyolo convert --from bccd --to converted"] = Tool,
        ["mlyolo convert --from bccd/coco/train.json --images bccd/JPEGImages --to converted"] = Tool,
        ["mlyolo convert --from coco128 --split train --to coco128.json"] = Tool,
        ["apt-get install mpich"] = "it installs a package of the system",
        ["dotnet add package ML.Yolo.Mpi"] = Packages,
        ["mpirun.mpich -n 2 mlyolo train --data my-set"] = Ranks,
        ["mpirun.mpich -n 2 mlyolo detect --model runs/train/model.zip --source photos --save-images"] = Ranks,
        ["mpirun.mpich -n 2 mlyolo detect --model runs/train/model.zip --source photos --resume runs/detect"] = Ranks,
        ["mpirun -hosts node1,node2 -ppn 1 mlyolo train --data /shared/my-set --output /shared/runs"] = Cluster,
        ["srun --mpi=pmi2 -N 4 --ntasks-per-node=1 mlyolo train --data /shared/my-set --output /shared/runs"] = Cluster,
        ["dotnet pack -c Release -o packages"] = "PackageTests packs the same projects",
        ["dotnet run eng/UpdatePublicApi.cs"] = "it rewrites the files of the public API",
        ["dotnet run eng/UpdatePublicApi.cs -- --ship"] = "it rewrites the files of the public API",
    };

    public static TheoryData<string> RunCommands => [.. Commands.Where(command => command.Value is null).Select(command => command.Key)];

    [Fact]
    public void Commands_OfEveryPage_AreRunOrListedWithAReason()
    {
        var written = DocumentationTests.Pages.SelectMany(page => page.Commands).Distinct().ToList();

        Assert.NotEmpty(written);
        Assert.All(written, command => Assert.Contains(command, Commands.Keys));
    }

    [SharedTheory]
    [MemberData(nameof(RunCommands))]
    [Trait("Category", "Long")]
    public void Command_AsWritten_Works(string command)
    {
        using var folder = new TemporaryFolder();
        foreach (var set in new[] { "bccd", "coco128" })
            Directory.CreateSymbolicLink(folder.File(set), SharedFolder.Path("data", set));
        var words = command.Split(' ').Skip(1).Select(word => word.StartsWith("samples/", StringComparison.Ordinal) ? Path.Combine(PackedPackages.Repository, word) : word);

        var (exitCode, output) = ChildProcess.RunIn(folder.Path, "dotnet", [.. words]);

        Assert.True(exitCode == 0, $"{command}\n{output}");
    }
}
