namespace ML.Yolo.Weights;

/// <summary>The name of a Python class or function. A name only: nothing is looked up.</summary>
/// <param name="module">The module it would be imported from.</param>
/// <param name="name">Its name there.</param>
internal sealed class PickleGlobal(string module, string name)
{
    public string Name => name;

    /// <summary>Module and name, joined by a dot.</summary>
    public string FullName { get; } = $"{module}.{name}";

    public override string ToString() => FullName;
}
