using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ML.Yolo.Tests.Architecture;

/// <summary>The source files of an assembly's types, read from its portable PDB: those of their methods, and for types without code those that the compiler notes beside them.</summary>
internal static class TypeSources
{
    // The kind of the note, by the portable PDB format.
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Paths by the type's row in the metadata. Types that the compiler makes without a source have none.</summary>
    public static ILookup<int, string> Read(Stream assembly, Stream symbols)
    {
        using var file = new PEReader(assembly, PEStreamOptions.LeaveOpen);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols, MetadataStreamOptions.LeaveOpen);
        var (metadata, pdb) = (file.GetMetadataReader(), provider.GetMetadataReader());
        return metadata.TypeDefinitions
            .SelectMany(type => OfMethods(metadata, pdb, type).Concat(OfNotes(pdb, type))
                .Select(document => (Row: MetadataTokens.GetRowNumber(type), Path: pdb.GetString(pdb.GetDocument(document).Name).Replace('\\', '/')))
                .Distinct())
            .ToLookup(found => found.Row, found => found.Path);
    }

    private static IEnumerable<DocumentHandle> OfMethods(MetadataReader metadata, MetadataReader pdb, TypeDefinitionHandle type)
        => metadata.GetTypeDefinition(type).GetMethods()
            .SelectMany(method => pdb.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
            .Where(point => !point.IsHidden)
            .Select(point => point.Document);

    private static IEnumerable<DocumentHandle> OfNotes(MetadataReader pdb, TypeDefinitionHandle type)
    {
        foreach (var handle in pdb.GetCustomDebugInformation(type))
        {
            var note = pdb.GetCustomDebugInformation(handle);
            if (pdb.GetGuid(note.Kind) != TypeDefinitionDocuments)
                continue;
            var rows = pdb.GetBlobReader(note.Value);
            while (rows.RemainingBytes > 0)
                yield return MetadataTokens.DocumentHandle(rows.ReadCompressedInteger());
        }
    }
}
