namespace ML.Yolo.Tests.Architecture;

/// <summary>The rooms of the compiled library keep to the table of docs/architecture.md.</summary>
public sealed class RoomTests
{
    [Fact]
    public void Library_EveryUseOfARoomByAnother_IsInTheTable()
    {
        using var checker = RoomChecker.Open("ML.Yolo");

        AssertNone(checker.ForbiddenArrows());
    }

    [Fact]
    public void Library_Rooms_FormNoCircle()
    {
        using var checker = RoomChecker.Open("ML.Yolo");

        AssertNone(checker.Circles());
    }

    [Fact]
    public void Library_EveryType_LiesInARoomOfTheTable()
    {
        using var checker = RoomChecker.Open("ML.Yolo");

        AssertNone(checker.UnknownTypes());
    }

    [Fact]
    public void Library_EveryRoomOfTheTable_IsThere()
    {
        using var checker = RoomChecker.Open("ML.Yolo");

        Assert.Equal(RoomTable.Imports.Keys.Append(RoomTable.Root).Order(StringComparer.Ordinal), checker.Rooms.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Library_NonPublicMembersOfMLNet_AreUsedInInteropAlone()
    {
        using var checker = RoomChecker.Open("ML.Yolo");
        using var hidden = HiddenMembers.Open("ML.Yolo");

        AssertNone(hidden.Uses().Where(use => use.By is null || checker.RoomOf(use.By.FullName) != "Interop").Select(use => use.Use));
    }

    [Theory]
    [InlineData("ML.Yolo.Onnx")]
    [InlineData("ML.Yolo.Reports")]
    public void OtherAssemblies_NonPublicMembersOfMLNet_AreNotUsed(string assembly)
    {
        using var hidden = HiddenMembers.Open(assembly);

        AssertNone(hidden.Uses().Select(use => use.Use));
    }

    [Fact]
    public void Interop_NonPublicMembersOfMLNet_AreSeen()
    {
        using var hidden = HiddenMembers.Open("ML.Yolo");

        Assert.Contains(hidden.Uses(), use => use.Use is { Place: "ML.Yolo.Interop.SchemaColumn.VariableVector", Used: "Column..ctor" });
    }

    [Fact]
    public void Table_ItsArrows_FormNoCircle()
    {
        var finished = new List<string>();
        while (RoomTable.Imports.Keys.Except(finished).FirstOrDefault(room => RoomTable.Imports[room].All(finished.Contains)) is { } next)
            finished.Add(next);

        Assert.Equal(RoomTable.Imports.Keys.Order(), finished.Order());
    }

    private static void AssertNone(IEnumerable<Violation> violations)
    {
        var report = Violation.Report(violations);
        Assert.True(report.Length == 0, report);
    }
}
