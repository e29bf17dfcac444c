namespace ML.Yolo.Weights;

/// <summary>The name of a Python class or function. A name only: nothing is looked up.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
