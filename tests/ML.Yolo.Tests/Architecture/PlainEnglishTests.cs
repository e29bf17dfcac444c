namespace ML.Yolo.Tests.Architecture;

/// <summary>Sources and documents are plain field English in lines that fit on a screen.</summary>
public sealed class PlainEnglishTests
{
    [Fact]
    public void SourcesAndDocuments_EveryLine_IsPlainAndShort()
    {
        var faults = from path in Repository.ReadByPeople()
                     from line in Repository.Lines(path).Select((text, i) => (Text: text, Number: i + 1))
                     let fault = PlainEnglish.Fault(line.Text)
                     where fault is not null
                     select new Violation(Folder(path), FormattableString.Invariant($"{Path.GetFileName(path)}:{line.Number:D3}"), fault);

        var report = Violation.Report(faults);
        Assert.True(report.Length == 0, report);
    }

    [Fact]
    public void ReadByPeople_Repository_HasSourcesDocumentsAndReadme()
        => Assert.Superset(new HashSet<string> { "README.md", "docs/training.md", "src/ML.Yolo/YoloTrainer.cs", "src/ML.Yolo.Reports/Plot.cs" }, Repository.ReadByPeople().ToHashSet());

    [Theory]
    [InlineData("Boxes: a vector of floats, four an object: x0, y0, x1, y1.", "\"four an object\": per object")]
    [InlineData("A row an image: ImagePath, Label.", "\"row an image\": per image")]
    [InlineData("one number a layer", "\"number a layer\": per layer")]
    [InlineData("The loss is no finite number.", "\"is no finite\": is not")]
    [InlineData("the file is no zip", "\"is no zip\": is not")]
    [InlineData("private const int MostTensors = 16;", "MostTensors: Max or Min")]
    [InlineData("int largestStride", "largestStride: Max or Min")]
    public void Fault_OddIdiom_SaysWhatToWrite(string line, string fault) => Assert.Equal(fault, PlainEnglish.Fault(line));

    [Theory]
    [InlineData("four numbers per object, of one image, in a row")]
    [InlineData("There is no object; there are no images.")]
    [InlineData("It is no longer finite and is no larger than before.")]
    [InlineData("the largest stride, at least 1, at most 16, most confident first")]
    [InlineData("images a second")]
    [InlineData("the two cells an object is in")]
    public void Fault_PlainEnglish_IsNone(string line) => Assert.Null(PlainEnglish.Fault(line));

    [Fact]
    public void Fault_LongLine_IsFoundButForRowsOfTables()
        => Assert.Equal((null, "a line of 160 columns or more", null), (PlainEnglish.Fault(new string('x', 159)), PlainEnglish.Fault(new string('x', 160)), PlainEnglish.Fault("|" + new string('x', 160))));

    private static string Folder(string path)
    {
        var parts = path.Split('/');
        return string.Join("/", parts[..Math.Min(parts.Length - 1, 3)]);
    }
}
