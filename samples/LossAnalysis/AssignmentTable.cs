using System.Globalization;
using Spectre.Console;

namespace LossAnalysis;

/// <summary>Which cells learn which object through which anchor, variant by variant.</summary>
internal static class AssignmentTable
{
    /// <param name="variants">Name and built targets, by layer, of each variant.</param>
    public static Table Make(IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<BuiltTarget>> Layers)> variants)
    {
        var table = new Table().AddColumns(["object", "stride", "anchor (cells)", .. variants.Select(variant => $"{variant.Name}: cells (x, y)")]);
        table.ShowRowSeparators = true;
        var built = from variant in Enumerable.Range(0, variants.Count)
                    from layer in Enumerable.Range(0, NotebookInput.Strides.Count)
                    from target in variants[variant].Layers[layer]
                    select (Variant: variant, Layer: layer, Target: target);
        foreach (var group in built.GroupBy(entry => (entry.Target.Object, entry.Layer, Anchor: entry.Target.Anchor?.ToString() ?? "none"))
            .OrderBy(group => group.Key.Object).ThenBy(group => group.Key.Layer).ThenBy(group => group.Key.Anchor, StringComparer.Ordinal))
        {
            var cells = Enumerable.Range(0, variants.Count)
                .Select(variant => string.Join(' ', group.Where(entry => entry.Variant == variant).Select(entry => Cell(entry.Target))));
            var stride = NotebookInput.Strides[group.Key.Layer].ToString(CultureInfo.InvariantCulture);
            table.AddRow([Markup.Escape(BuiltTarget.Name(group.Key.Object)), stride, group.Key.Anchor, .. cells]);
        }

        return table;
    }

    /// <summary>The object's own cell has a star.</summary>
    private static string Cell(BuiltTarget target) => FormattableString.Invariant($"({target.X},{target.Y}){(target.IsOwnCell ? "*" : "")}");
}
