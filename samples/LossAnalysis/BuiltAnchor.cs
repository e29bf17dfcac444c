namespace LossAnalysis;

/// <summary>An anchor that took a target, lengths in cells.</summary>
/// <param name="Index">Its index in its layer.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
internal sealed record BuiltAnchor(int Index, float Width, float Height)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Index}: {Width:0.##} × {Height:0.##}");
}
