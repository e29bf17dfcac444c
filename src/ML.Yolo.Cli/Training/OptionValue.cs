namespace ML.Yolo.Cli.Training;

/// <summary>An option and its value as text.</summary>
/// <param name="Name">Its name; of nested ones with dots.</param>
/// <param name="Text">Its value.</param>
/// <param name="Source">Who says so, for messages.</param>
internal sealed record OptionValue(string Name, string Text, string Source)
{
    /// <summary>Whether it is part of another option.</summary>
    public bool IsPart => Name.Contains('.', StringComparison.Ordinal);
}
