using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>What ML.NET calls to load a model: it looks for a static method of this name and these parameters.</summary>
internal static class ModelLoader<TFormat, TModel>
    where TFormat : IModelFormat<TModel>
{
    /// <exception cref="PackageVersionException">A package is loaded in a version that the library was not compiled for.</exception>
    internal static TModel Create(IHostEnvironment environment, ModelLoadContext context)
    {
        PackageVersions.EnsureSupported();
        return Load(environment, context);
    }

    private static TModel Load(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(TFormat.Signature.ToVersionInfo());
        return TFormat.Load(environment, new SavedModel(context));
    }
}
