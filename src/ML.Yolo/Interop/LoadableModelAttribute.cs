using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>Tells ML.NET how a kind of model is loaded, by the name its zips carry.</summary>
/// <typeparam name="TModel">What is loaded.</typeparam>
/// <typeparam name="TSource">Makes it.</typeparam>
/// <param name="title">The kind of model, for people.</param>
/// <param name="loaderSignature">The name in the zip: <see cref="ComponentHeader.LoaderSignature"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableModelAttribute<TModel, TSource>(string title, string loaderSignature)
    : LoadableClassAttributeBase(null, typeof(TModel), typeof(ModelLoader<TModel, TSource>), null, [typeof(SignatureLoadModel)], title, loaderSignature)
    where TSource : IModelSource<TModel>;
