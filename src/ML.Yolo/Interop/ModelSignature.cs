using System.Reflection;
using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>What ML.NET writes before a component in a model zip: who can read it. ML.NET lets only its own components say so.</summary>
/// <param name="Signature">Eight characters that name the format.</param>
/// <param name="LoaderName">The name that <see cref="LoadableModelAttribute{TFormat,TModel}"/> registers the loader under.</param>
/// <param name="Assembly">Where the loader is.</param>
/// <param name="Written">Version of the format that is written.</param>
/// <param name="ReadableFrom">The oldest version of the reader that can read what is written.</param>
/// <param name="ReadsFrom">The oldest version of the format that is still read.</param>
internal sealed record ModelSignature(string Signature, string LoaderName, Assembly Assembly, uint Written = 0x00010001, uint ReadableFrom = 0x00010001, uint ReadsFrom = 0x00010001)
{
    internal VersionInfo ToVersionInfo() => new(
        modelSignature: Signature,
        verWrittenCur: Written,
        verReadableCur: ReadableFrom,
        verWeCanReadBack: ReadsFrom,
        loaderAssemblyName: Assembly.FullName,
        loaderSignature: LoaderName);
}
