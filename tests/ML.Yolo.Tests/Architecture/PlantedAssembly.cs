using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace ML.Yolo.Tests.Architecture;

/// <summary>A small assembly compiled of source files that lie, as far as its symbols say, in rooms of src/ML.Yolo.</summary>
internal sealed class PlantedAssembly
{
    private static readonly string Runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private readonly List<SyntaxTree> _files = [];

    /// <summary>Adds a file.</summary>
    /// <param name="path">Its path below src/ML.Yolo.</param>
    /// <param name="source">C#.</param>
    public PlantedAssembly With(string path, string source)
    {
        var text = SourceText.From($"using System; using System.Collections.Generic; using System.Linq;\nnamespace Planted;\n{source}", Encoding.UTF8);
        _files.Add(CSharpSyntaxTree.ParseText(text, path: $"/planted/src/ML.Yolo/{path}"));
        return this;
    }

    /// <summary>The checker over it.</summary>
    public RoomChecker Check()
    {
        var (assembly, symbols) = Compile([]);
        return new RoomChecker(assembly, symbols);
    }

    /// <summary>Finds what of ML.NET it should not use.</summary>
    /// <param name="publicized">The copy of Microsoft.ML.Core to compile against.</param>
    public HiddenMembers FindHidden(byte[] publicized) => new(Compile([MetadataReference.CreateFromImage(publicized)]).Assembly);

    /// <summary>Finds texts that depend on the culture.</summary>
    public CultureChecker FindCultures() => new(Compile([]).Assembly);

    private (MemoryStream Assembly, MemoryStream Symbols) Compile(IEnumerable<MetadataReference> references)
    {
        var framework = new[] { "System.Runtime.dll", "System.Private.CoreLib.dll", "System.Linq.dll", "System.Collections.dll", "netstandard.dll" }.Select(file => MetadataReference.CreateFromFile(Path.Combine(Runtime, file)));
        var compilation = CSharpCompilation.Create("Planted", _files, framework.Concat(references), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        var (assembly, symbols) = (new MemoryStream(), new MemoryStream());
        var result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        (assembly.Position, symbols.Position) = (0, 0);
        return (assembly, symbols);
    }
}
