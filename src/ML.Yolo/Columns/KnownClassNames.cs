using Microsoft.ML;

namespace ML.Yolo.Columns;

/// <summary>Names of the classes that a label column knows before any row is read.</summary>
internal static class KnownClassNames
{
    /// <summary>Annotation by which a loader names all classes of its set, those without an object in a split too.</summary>
    public const string Annotation = "ClassNames";

    /// <summary>The names of a loader's set in the order of its format, or the names of keys; none where the column is text that nobody listed.</summary>
    public static string[] Of(DataViewSchema.Column column) => KeyNames.TryReadText(column, Annotation, out var names) ? names : KeyNames.Read(column);
}
