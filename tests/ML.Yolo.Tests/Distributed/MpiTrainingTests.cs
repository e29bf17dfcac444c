using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ML.Yolo.Tests.Distributed;

/// <summary>Training by real processes that mpirun starts.</summary>
public sealed partial class MpiTrainingTests : IDisposable
{
    private const int Kill = 9;
    private const int Stop = 19;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "TrainingProcess.dll");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact]
    public void Train_TwoRanksTwice_GivesBothRanksTheSameBitsEachTime()
    {
        var (code, first) = Train(2, "first", "2");
        var (_, second) = Train(2, "second", "2");

        Assert.True(code == 0, first);
        Assert.Equal(2, Checksums(first).Count);
        Assert.Single(Checksums(first).Concat(Checksums(second)).Distinct());
        Assert.Equal(1, Regex.Count(first, "epoch 2"));
    }

    [MpiFact]
    public void Train_OneRank_GivesTheBitsOfAProgramThatNobodyLaunched()
    {
        var (_, launched) = Train(1, "launched", "1");
        var start = new ProcessStartInfo("dotnet", [Program, _folder.File("alone", "run"), "1"]) { RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var alone = process.StandardOutput.ReadToEnd();

        Assert.NotEmpty(Checksums(alone));
        Assert.Equal(Checksums(alone), Checksums(launched));
    }

    [MpiFact]
    public void Train_ARankIsKilled_EndsAllAndGoesOnWithAnotherNumberOfRanks()
    {
        var (code, output) = TrainAndSignal(2, victim: 1, Kill, []);

        Assert.NotEqual(0, code);
        Assert.All(ProcessIds(output), id => Assert.True(SpinWait.SpinUntil(() => !IsAlive(id), TimeSpan.FromMinutes(1)), output));

        var (resumedCode, resumed) = Train(3, "run", "5", "resume");

        Assert.True(resumedCode == 0, resumed);
        Assert.Contains("2 processes shared every batch, and now 3 processes", resumed, StringComparison.Ordinal);
        Assert.Contains("epoch 5", resumed, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1\n", resumed, StringComparison.Ordinal);
        Assert.Single(Checksums(resumed).Distinct());
    }

    [MpiFact]
    public void Train_ARankHangs_EndsTheOthersNamingIt()
    {
        var (code, output) = TrainAndSignal(2, victim: 1, Stop, []);

        Assert.NotEqual(0, code);
        Assert.Contains("Rank 1 of 2 is missing: no sign of life for 2 seconds.", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("run", "run", "last.safetensors")));
    }

    [MpiFact]
    public void Train_TheFirstRankIsKilledUnderALauncherThatDoesNotCleanUp_EndsTheOthersNamingIt()
    {
        // The shell outlives the rank, as a launcher on another machine would.
        string[] shell = ["sh", "-c", "dotnet \"$0\" \"$@\"; code=$?; sleep 6; exit $code"];
        var (code, output) = TrainAndSignal(3, victim: 0, Kill, shell);

        Assert.NotEqual(0, code);
        Assert.Equal(2, Regex.Count(output, "DistributionException: Rank 0 of 3 is missing"));
    }

    [MpiFact]
    public void Train_OptionThatDoesNotSuitTheRanks_FailsOnAllWithoutAnHang()
    {
        var (code, output) = Train(2, "run", "2", "batch=1");

        Assert.NotEqual(0, code);
        Assert.Contains("BatchSize is 1; it must be at least 2", output, StringComparison.Ordinal);
    }

    [MpiFact]
    [Trait("Category", "Long")]
    public void Train_TwoRanksInNetworksOfTheirOwn_GivesBothTheSameBitsOverTheWireBetweenThem()
    {
        const int NoNamespaces = 77;
        string[] program = ["dotnet", Program, _folder.File("run", "run"), "2", "mpi"];

        var (code, output) = ChildProcess.Run("sh", [Path.Combine(AppContext.BaseDirectory, "Distributed", "two-namespaces.sh"), MpiRunner.Command, .. program]);

        if (code == NoNamespaces)
            (code, output) = MpiRunner.Run(2, program);
        else
            Assert.True(long.Parse(Regex.Match(output, @"bytes (\d+)").Groups[1].Value, CultureInfo.InvariantCulture) > 1 << 20, output);
        Assert.True(code == 0, output);
        Assert.Equal(2, Checksums(output).Count);
        Assert.Single(Checksums(output).Distinct());
    }

    [Theory]
    [InlineData("ML_YOLO_MPI_LIBRARY", "/no/such/library", "which cannot be loaded")]
    [InlineData("OMPI_COMM_WORLD_SIZE", "2", "started by Open MPI's mpirun, whose binary interface is not MPICH's")]
    public void Train_NoMpiOrAnother_SaysWhatToInstall(string variable, string value, string expected)
    {
        var start = new ProcessStartInfo("dotnet", [Program, _folder.File("run", "run"), "1", "mpi"]) { RedirectStandardError = true };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains(OperatingSystem.IsWindows() ? "Install Microsoft MPI" : "Install MPICH", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("run")));
    }

    private (int ExitCode, string Output) Train(int ranks, string name, params string[] more)
        => MpiRunner.Run(ranks, ["dotnet", Program, _folder.File(name, "run"), .. more, "mpi"]);

    /// <summary>Begins a run of many epochs, and sends a signal to a rank once the second is over.</summary>
    private (int ExitCode, string Output) TrainAndSignal(int ranks, int victim, int signal, string[] shell)
    {
        string[] program = shell.Length == 0 ? ["dotnet", Program] : [.. shell, Program];
        string[] options = shell.Length == 0 ? [] : ["-disable-auto-cleanup"];
        using var process = MpiRunner.Start(ranks, options, [.. program, _folder.File("run", "run"), "1000", "mpi", "timeout=2"]);
        var errors = process.StandardError.ReadToEndAsync();
        var output = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            output += line + "\n";
            if (line == "epoch 2")
                Assert.Equal(0, Signal(Rank(output, victim), signal));
        }

        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static int Rank(string output, int rank)
        => int.Parse(Regex.Match(output, $@"rank {rank} of \d+ is process (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static List<int> ProcessIds(string output)
    {
        List<int> ids = [.. ProcessLine().Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.NotEmpty(ids);
        return ids;
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static List<string> Checksums(string output) => [.. ChecksumLine().Matches(output).Select(match => match.Value)];

    [GeneratedRegex("^[0-9A-F]{64}", RegexOptions.Multiline)]
    private static partial Regex ChecksumLine();

    [GeneratedRegex(@"is process (\d+)")]
    private static partial Regex ProcessLine();

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);
}
