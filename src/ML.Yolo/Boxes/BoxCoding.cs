namespace ML.Yolo.Boxes;

/// <summary>How logits become boxes, and back. A network's head has one, its loss learns it, and models are saved with its name.</summary>
internal abstract class BoxCoding
{
    /// <summary>The name it is saved under.</summary>
    public abstract string Name { get; }

    /// <summary>Every coding there is.</summary>
    public static IReadOnlyList<BoxCoding> All => [YoloV5BoxCoding.Instance, YoloV3BoxCoding.Instance, YoloV8BoxCoding.Instance];

    /// <summary>The coding of that name.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static BoxCoding Parse(string name)
        => All.FirstOrDefault(coding => coding.Name == name)
            ?? throw new FormatException($"No box coding is named '{name}'; there are {string.Join(", ", All.Select(coding => coding.Name))}.");

    public override string ToString() => Name;
}
