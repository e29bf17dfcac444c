namespace ML.Yolo.Weights;

/// <summary>
/// What a Python object was made from, kept as data: the class or function that would have been called, and what it would have been given. Neither is
/// called.
/// </summary>
/// <param name="callable">A <see cref="PickleGlobal"/>, or any other value.</param>
/// <param name="arguments">What it would have been called with.</param>
internal sealed class PickleObject(object? callable, object?[] arguments)
{
    public object?[] Arguments => arguments;

    /// <summary>What the object was set to afterwards: for most objects, a dictionary of their fields.</summary>
    public object? State { get; set; }

    public override string ToString() => callable is PickleGlobal name ? name.ToString() : "an unnamed object";
}
