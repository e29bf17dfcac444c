using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>Tells ML.NET how a kind of model is loaded, by the name its zips carry.</summary>
/// <typeparam name="TFormat">Reads it.</typeparam>
/// <typeparam name="TModel">What is loaded.</typeparam>
/// <param name="title">The kind of model, for people.</param>
/// <param name="loaderName">The name in the zip: <see cref="ModelSignature.LoaderName"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableModelAttribute<TFormat, TModel>(string title, string loaderName)
    : LoadableClassAttributeBase(null, typeof(TModel), typeof(ModelLoader<TFormat, TModel>), null, [typeof(SignatureLoadModel)], title, loaderName)
    where TFormat : IModelFormat<TModel>;
