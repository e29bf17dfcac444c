using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Names behind a key column: what <c>MapValueToKey</c> saw.</summary>
internal static class KeyNames
{
    /// <summary>ML.NET's annotation that holds them.</summary>
    public const string Annotation = "KeyValues";

    // Keys without names may claim a range of four billion.
    private const int MaxUnnamedKeys = 1_000_000;

    /// <summary>The names in the order of the keys; the key numbers, from 1, where the column carries no text; none where it holds no keys.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The keys have no names, and more than a million numbers; or two have one name.</exception>
    public static string[] Read(DataViewSchema.Column column)
    {
        if (TryReadText(column, Annotation, out var names))
            return Distinct(column, names);
        if (((column.Type as VectorDataViewType)?.ItemType ?? column.Type) is not KeyDataViewType key)
            return [];
        if (key.Count > MaxUnnamedKeys)
        {
            throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The keys of the column '{column.Name}' have no names, and {key.Count} values; named keys, or at most {MaxUnnamedKeys}, were expected.");
        }

        return [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }

    private static string[] Distinct(DataViewSchema.Column column, string[] names)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            if (!first.TryAdd(names[i], i))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(column),
                    FormattableString.Invariant($"The keys {first[names[i]] + 1} and {i + 1} of the column '{column.Name}' are both named '{names[i]}'; ")
                    + "every class needs a name of its own.");
            }
        }

        return names;
    }

    /// <summary>Reads an annotation that is a list of texts; false where the column has none of that name.</summary>
    public static bool TryReadText(DataViewSchema.Column column, string annotation, out string[] texts)
    {
        texts = [];
        if (column.Annotations.Schema.GetColumnOrNull(annotation) is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return false;
        var value = default(VBuffer<ReadOnlyMemory<char>>);
        column.Annotations.GetValue(annotation, ref value);
        texts = [.. value.DenseValues().Select(text => text.ToString())];
        return true;
    }
}
