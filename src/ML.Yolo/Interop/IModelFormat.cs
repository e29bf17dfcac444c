using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>How one kind of model is kept in ML.NET's zips. Registered by <see cref="LoadableModelAttribute{TFormat,TModel}"/>, it is found by <c>mlContext.Model.Load</c> in any program.</summary>
/// <typeparam name="TModel">What is loaded.</typeparam>
internal interface IModelFormat<TModel>
{
    /// <summary>What stands before it in the zip.</summary>
    static abstract ModelSignature Signature { get; }

    /// <summary>Makes the model of its streams.</summary>
    static abstract TModel Load(IHostEnvironment environment, SavedModel saved);
}
