using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>Makes a component of what a model zip holds of it.</summary>
internal interface IModelSource<TModel>
{
    /// <exception cref="FormatException">A part is missing, damaged, or of a later version of the library.</exception>
    static abstract TModel Load(IHostEnvironment environment, ModelReader reader);
}
