using System.Text.Json;
using ML.Yolo.Tests.Packaging;

namespace ML.Yolo.Tests.Documentation;

/// <summary>The sample notebook: its cells, one after the other, are a program.</summary>
public sealed class NotebookTests
{
    // What the notebook's host offers.
    private const string Host = """
        static class NotebookHost
        {
            public static void DisplayAs(this string text, string mimeType) => System.Console.WriteLine($"{mimeType}: {text.Length} letters");
        }
        """;

    [Fact]
    public void Cells_InTheirOrder_Compile()
    {
        using var assembly = new MemoryStream();

        ProgramCompiler.Compile(Program(), assembly);

        Assert.True(assembly.Length > 0);
    }

    [Fact]
    public void Cells_OfTheNotebook_ReferToPackagesOfTheRepository()
        => Assert.Equal(["ML.Yolo", "ML.Yolo.Reports", "TorchSharp-cpu"], Code().Where(IsReference).Select(line => line.Split("nuget: ")[1].TrimEnd('"')));

    [Fact]
    public void Cells_OfTheNotebook_ShowWhatHasHtml()
        => Assert.Equal(3, Code().Count(line => line.Contains(".ToHtml(", StringComparison.Ordinal) && line.Contains(".DisplayAs(\"text/html\")", StringComparison.Ordinal)));

    private static MarkdownPage.Program Program()
        => new("blood-cells.ipynb", string.Join('\n', Code().Where(line => !IsReference(line)).Append(Host)), IsRun: false, IsWeb: false);

    private static bool IsReference(string line) => line.StartsWith("#r ", StringComparison.Ordinal);

    private static List<string> Code()
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(Path.Combine(PackedPackages.Repository, "samples", "Notebook", "blood-cells.ipynb")));
        var cells = notebook.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.GetProperty("cell_type").GetString() == "code");
        return [.. cells.SelectMany(cell => cell.GetProperty("source").EnumerateArray()).Select(line => line.GetString()!.TrimEnd('\n'))];
    }
}
