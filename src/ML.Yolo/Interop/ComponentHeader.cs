using System.Reflection;
using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>ML.NET's own header of a component in a model zip: what it is, in which version, and who loads it.</summary>
/// <param name="Signature">Eight letters that say what the component is.</param>
/// <param name="LoaderSignature">Name under which the loader is found in its assembly.</param>
internal sealed record ComponentHeader(string Signature, string LoaderSignature)
{
    // Written as ML.NET writes its own: 0x0001 in the upper half, a counter in the lower.
    private const uint FirstVersion = 0x00010001;

    /// <summary>The version written, which is also the oldest a library must know to read it: from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Begins a component.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="loader">The assembly that holds the loader; ML.NET opens it when the zip is loaded.</param>
    public void Write(ModelSaveContext context, Assembly loader)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ToVersionInfo(loader.FullName!));
    }

    /// <exception cref="FormatException">The component is another one, or of a later version.</exception>
    public void Check(ModelLoadContext context) => context.CheckAtModel(ToVersionInfo(""));

    private VersionInfo ToVersionInfo(string assembly)
    {
        var current = FirstVersion + (uint)(Version - 1);
        return new VersionInfo(Signature, current, current, FirstVersion, loaderAssemblyName: assembly, loaderSignature: LoaderSignature);
    }
}
