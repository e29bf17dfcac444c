using System.Text.RegularExpressions;

namespace ML.Yolo.Tests.Documentation;

/// <summary>A page's C# blocks as programs, and its shell commands.</summary>
/// <remarks>
/// An HTML comment right before a block, which readers do not see, says how to compile it: <c>&lt;!-- csharp WORDS CODE --&gt;</c>. The words, on the first
/// line: <c>continues</c> puts the block behind the one before it; <c>run</c> has the program run; <c>web</c> gives it ASP.NET; <c>elsewhere</c> leaves it out,
/// since it is of a package that the tests do not reference. The code, on the lines after it, stands before the block.
/// </remarks>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string path)
    {
        Path = path;
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        Programs = ReadPrograms(text, path);
        Commands = [.. ShellBlock().Matches(text).SelectMany(block => block.Groups["code"].Value.Split('\n')).Where(line => Command().IsMatch(line))];
    }

    public string Path { get; }

    /// <summary>Blocks in their order; one that continues another holds all of both.</summary>
    public IReadOnlyList<Program> Programs { get; }

    /// <summary>Lines of blocks without a language that call a program.</summary>
    public IReadOnlyList<string> Commands { get; }

    public static MarkdownPage Read(string path) => new(path);

    private static List<Program> ReadPrograms(string text, string path)
    {
        var programs = new List<Program>();
        foreach (Match block in CSharpBlock().Matches(text))
        {
            var words = block.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(words, word => Assert.Contains(word, new[] { "continues", "run", "web", "elsewhere" }));
            if (words.Contains("elsewhere"))
                continue;
            var before = words.Contains("continues") ? programs[^1].Body : "";
            var line = text.AsSpan(0, block.Groups["code"].Index).Count('\n') + 1;
            var body = $"{before}{block.Groups["prelude"].Value}#line {line} \"{System.IO.Path.GetFileName(path)}\"\n{block.Groups["code"].Value}";
            programs.Add(new Program($"{System.IO.Path.GetFileName(path)}:{line}", body, words.Contains("run"), words.Contains("web")));
        }

        return programs;
    }

    [GeneratedRegex("""(<!-- csharp(?<words>[^\n]*?)(\n(?<prelude>(?s:.)*?))?-->\n+)?```csharp\n(?<code>(?s:.)*?)```""")]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("""(?<=\n)```\n(?<code>(?s:.)*?)```""")]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^(dotnet|export|docker|curl|apt|mlyolo) ")]
    private static partial Regex Command();

    /// <param name="Name">Page and line.</param>
    /// <param name="Body">Code with its directives where they stand.</param>
    /// <param name="IsRun">Whether it is cheap to run.</param>
    /// <param name="IsWeb">Whether it is of ASP.NET.</param>
    internal sealed record Program(string Name, string Body, bool IsRun, bool IsWeb)
    {
        /// <summary>A whole program: using directives first.</summary>
        public string Source
        {
            get
            {
                var usings = UsingDirective().Matches(Body).Select(match => match.Value.Trim()).Distinct();
                return $"{string.Join('\n', usings)}\n{UsingDirective().Replace(Body, "\n")}";
            }
        }

        public override string ToString() => Name;
    }

    [GeneratedRegex(@"(?<=^|\n)using (static )?[A-Za-z][\w.]*( = [\w.]+)?;[^\n]*\n")]
    private static partial Regex UsingDirective();
}
