namespace ML.Yolo.Tests.Architecture;

/// <summary>The checker finds what is planted, however it is mentioned, and says where.</summary>
public sealed class PlantedArrowTests
{
    private const string Options = "public class Options { public static readonly int Limit = new Random().Next(); public static Options Default() => new(); public Options[] All = []; }";

    [Theory]
    [InlineData("class Engine : Options { }", "Planted.Engine", "Planted.Options")]
    [InlineData("class Engine : IEquatable<Options> { bool IEquatable<Options>.Equals(Options? other) => true; }", "Planted.Engine", "Planted.Options")]
    [InlineData("class Engine { Options? _options = null; }", "Planted.Engine._options", "Planted.Options")]
    [InlineData("class Engine { public event Action<Options>? Changed; }", "Planted.Engine.Changed", "Planted.Options")]
    [InlineData("class Engine { public List<Options[]>? All => null; }", "Planted.Engine.get_All", "Planted.Options")]
    [InlineData("class Engine { void Run(ref Options options) { } }", "Planted.Engine.Run", "Planted.Options")]
    [InlineData("class Engine<T> where T : Options { }", "Planted.Engine`1", "Planted.Options")]
    [InlineData("class Engine { int Run() => Options.Limit; }", "Planted.Engine.Run", "Options.Limit")]
    [InlineData("class Engine { object Run() => Enumerable.Empty<Options>(); }", "Planted.Engine.Run", "Enumerable.Empty (Options)")]
    [InlineData("class Engine { bool Run(object value) => value is Options; }", "Planted.Engine.Run", "Planted.Options")]
    [InlineData("class Engine { Type Run() => typeof(Options); }", "Planted.Engine.Run", "Planted.Options")]
    [InlineData("class Engine { void Run() { try { } catch (Failure) { } } } class Failure : Exception { public Options? Options; }", "Planted.Failure.Options", "Planted.Options")]
    [InlineData("class Engine { Func<object> Run(int i) => () => i > 0 ? Options.Default() : 0; }", "Planted.Engine.Run", "Options.Default")]
    [InlineData("class Engine { IEnumerable<object> Run() { yield return Options.Default(); } }", "Planted.Engine.Run", "Options.Default")]
    [InlineData("class Engine { class Inner { object Run() => new Options(); } }", "Planted.Engine/Inner.Run", "Options..ctor")]
    [InlineData("[System.Diagnostics.DebuggerTypeProxy(typeof(Options))] class Engine { }", "Planted.Engine", "Planted.Options")]
    [InlineData("interface IEngine { Options Run(); }", "Planted.IEngine.Run", "Planted.Options")]
    [InlineData("delegate void Engine(Options options);", "Planted.Engine.Invoke", "Planted.Options")]
    public void ForbiddenArrows_RoomThatMentionsTheRoot_NamesTypeAndMember(string source, string place, string used)
    {
        using var checker = new PlantedAssembly().With("Options.cs", Options).With("Scoring/Engine.cs", source).Check();

        Assert.Contains(new Violation("Scoring → the root", place, used), checker.ForbiddenArrows());
    }

    [Fact]
    public void ForbiddenArrows_ArrowsOfTheTable_AreNone()
    {
        using var checker = new PlantedAssembly()
            .With("Trainer.cs", "class Trainer { Scorer? _scorer = null; Box _box = new(); }")
            .With("Boxes/Box.cs", "public class Box { public Box Next() => new(); }")
            .With("Scoring/Scorer.cs", "class Scorer { Box Run(Network network) => network.Run(); }")
            .With("Networks/Network.cs", "class Network { public Box Run() => new(); }")
            .Check();

        Assert.Empty(checker.ForbiddenArrows());
        Assert.Empty(checker.Circles());
        Assert.Equal(5, checker.Arrows().Select(arrow => (arrow.From, arrow.To)).Distinct().Count());
    }

    [Fact]
    public void ForbiddenArrows_SubfolderOfARoom_BelongsToTheRoom()
    {
        using var checker = new PlantedAssembly()
            .With("Training/Augmentation/Mosaic.cs", "class Mosaic { Loop? _loop = null; Saved? _saved = null; }")
            .With("Training/Loop.cs", "class Loop { Mosaic? _mosaic = null; }")
            .With("Persistence/Saved.cs", "class Saved { }")
            .Check();

        Assert.Equal(["Training → Persistence"], checker.ForbiddenArrows().Select(violation => violation.Rule));
    }

    [Fact]
    public void Circles_TwoRoomsThatUseEachOther_NamesAUsePerArrow()
    {
        using var checker = new PlantedAssembly()
            .With("Weights/Reader.cs", "class Reader { Zip? _zip = null; }")
            .With("Persistence/Zip.cs", "class Zip { Store? _store = null; }")
            .With("Networks/Store.cs", "class Store { Reader? _reader = null; }")
            .Check();

        Assert.Equal(
            """
            circle Networks → Weights → Persistence → Networks (3)
                Planted.Reader._zip: Planted.Zip
                Planted.Store._reader: Planted.Reader
                Planted.Zip._store: Planted.Store
            """,
            Violation.Report(checker.Circles()));
    }

    [Theory]
    [InlineData("Helpers/Engine.cs", "class Engine { }")]
    [InlineData("Helpers/Engine.cs", "enum Engine { A }")]
    [InlineData("../ML.Yolo.Other/Engine.cs", "class Engine { }")]
    public void UnknownTypes_FolderThatIsNoRoom_NamesTheType(string path, string source)
    {
        using var checker = new PlantedAssembly().With(path, source).Check();

        Assert.Equal("Planted.Engine", Assert.Single(checker.UnknownTypes()).Place);
    }

    [Fact]
    public void UnknownTypes_PartialTypeInTwoRooms_NamesTheType()
    {
        using var checker = new PlantedAssembly()
            .With("Boxes/Engine.cs", "partial class Engine { int One() => 1; }")
            .With("Scoring/Engine.cs", "partial class Engine { int Two() => 2; }")
            .Check();

        Assert.Equal("Planted.Engine", Assert.Single(checker.UnknownTypes()).Place);
    }

    [Theory]
    [InlineData("class Engine { object Run() => default(Microsoft.ML.VersionInfo); }", "Planted.Engine.Run", "Microsoft.ML.VersionInfo")]
    [InlineData("class Engine { void Run(Microsoft.ML.ModelSaveContext context) => context.CheckAtModel(); }", "Planted.Engine.Run", "ModelSaveContext.CheckAtModel")]
    [InlineData("class Engine { object Run(Microsoft.ML.Runtime.IHostEnvironment environment) => environment is Microsoft.ML.Runtime.IHostEnvironmentInternal; }", "Planted.Engine.Run", "Microsoft.ML.Runtime.IHostEnvironmentInternal")]
    public void Uses_NonPublicMemberOfMLNet_NamesIt(string source, string place, string used)
    {
        using var hidden = new PlantedAssembly().With("Scoring/Engine.cs", source).FindHidden(PublicizedCore());

        Assert.Contains(new Violation("non-public in Microsoft.ML.Core", place, used), hidden.Uses().Select(use => use.Use));
    }

    [Fact]
    public void Uses_PublicMembersOfMLNet_AreNone()
    {
        using var hidden = new PlantedAssembly()
            .With("Scoring/Engine.cs", "class Engine : Microsoft.ML.ICanSaveModel { Microsoft.ML.Runtime.IHost? Run(Microsoft.ML.Runtime.IHostEnvironment environment) => environment.Register(\"a\"); void Microsoft.ML.ICanSaveModel.Save(Microsoft.ML.ModelSaveContext context) { } }")
            .FindHidden(PublicizedCore());

        Assert.Empty(hidden.Uses());
    }

    // As eng/PublicizedReferences.targets does it.
    private static byte[] PublicizedCore()
    {
        using var resolver = new Mono.Cecil.DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        using var module = Mono.Cecil.ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, "Microsoft.ML.Core.dll"), new Mono.Cecil.ReaderParameters { AssemblyResolver = resolver });
        foreach (var type in module.Types.Where(type => type.IsNotPublic))
            type.IsPublic = true;
        foreach (var method in module.Types.SelectMany(type => type.Methods).Where(method => method.IsAssembly))
            method.IsPublic = true;
        using var copy = new MemoryStream();
        module.Write(copy);
        return copy.ToArray();
    }
}
