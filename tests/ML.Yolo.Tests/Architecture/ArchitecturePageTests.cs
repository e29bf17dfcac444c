using System.Reflection;
using System.Text.RegularExpressions;

namespace ML.Yolo.Tests.Architecture;

/// <summary>The page for contributors says what the tests hold, and names what is there.</summary>
public sealed partial class ArchitecturePageTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // A folder of the tests, and what the framework and ML.NET name.
    private static readonly string[] OfOthers = ["Architecture", "ArgumentOutOfRangeException", "FormattableString", "IDataView", "Invariant"];

    private static readonly string[] Lines = Repository.Lines("docs/architecture.md");

    [Fact]
    public void Page_TableOfRooms_IsTheTests()
    {
        var rows = Lines.SkipWhile(line => line != "| room | what lives there | imports |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Room: cells[0], Imports: cells[2]));

        var expected = RoomTable.Imports.Select(row => (row.Key, row.Value.Length == 0 ? "–" : string.Join(", ", row.Value))).Append((RoomTable.Root, "all"));
        Assert.Equal(expected, rows);
    }

    [Fact]
    public void Page_TypesAndMembersItNames_AreThere()
    {
        var known = new[] { typeof(YoloTrainer).Assembly, typeof(OnnxExport).Assembly, typeof(YoloMpi).Assembly, typeof(ArchitecturePageTests).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMembers(Everything).Select(member => member.Name).Append(type.Name))
            .Select(name => name.Split('`')[0])
            .Concat(RoomTable.Imports.Keys).Concat(OfOthers).ToHashSet();

        var named = Lines.SelectMany(line => Code().Matches(line)).SelectMany(match => match.Groups["name"].Value.Split('.')).Distinct().ToList();

        Assert.True(named.Count > 40, string.Join(" ", named));
        Assert.Empty(named.Except(known));
    }

    [GeneratedRegex(@"`(?!ML\.|Microsoft\.)(?<name>[A-Z]\w+(\.[A-Z]\w+)*)(\.cs|\(\w+\))?`")]
    private static partial Regex Code();
}
