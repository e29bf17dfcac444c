using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>The shape in which ML.NET looks for loaders: a static method of this name and these parameters.</summary>
internal static class ModelLoader<TModel, TSource>
    where TSource : IModelSource<TModel>
{
    internal static TModel Create(IHostEnvironment environment, ModelLoadContext context) => TSource.Load(environment, new ModelReader(context));
}
