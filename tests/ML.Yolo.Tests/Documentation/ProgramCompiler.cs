using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ML.Yolo.Tests.Documentation;

/// <summary>Compiles a page's programs as a console project of the SDK would, against the assemblies the tests have.</summary>
internal static class ProgramCompiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = """
        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>Compiles, or lists the errors with page and line.</summary>
    public static void Compile(MarkdownPage.Program program, Stream assembly)
    {
        var globals = program.IsWeb ? $"{ImplicitUsings}\n{WebUsings}" : ImplicitUsings;
        var compilation = CSharpCompilation.Create(
            "Documented",
            [CSharpSyntaxTree.ParseText(globals), CSharpSyntaxTree.ParseText(program.Source)],
            References(program.IsWeb).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        var result = compilation.Emit(assembly);

        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.True(result.Success, $"{program.Name}\n{string.Join('\n', errors)}\n{program.Source}");
    }

    private static IEnumerable<string> References(bool withWeb)
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        if (!withWeb)
            return trusted;

        // The SDK brings ASP.NET's framework beside .NET's, in the same version. What both have, ASP.NET's wins, as it does when a web project is built.
        var runtime = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        var web = Directory.GetFiles(Path.Combine(runtime.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App", runtime.Name), "*.dll");
        return web.Concat(trusted).DistinctBy(Path.GetFileName);
    }
}
