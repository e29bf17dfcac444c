using System.Collections.Concurrent;
using Microsoft.ML;

namespace ML.Yolo.Tests.Serving;

/// <summary>
/// What PredictionEnginePool does, by its source: engines over one shared model, made when none is free, lent to one user each; a reload puts a new pool in the
/// place of the old, which takes back none of the engines that are out; nothing is disposed.
/// </summary>
internal sealed class EnginePool<TInput, TOutput>(MLContext mlContext, ITransformer model)
    where TInput : class
    where TOutput : class, new()
{
    private volatile Engines _engines = new(mlContext, model);

    public PredictionEngine<TInput, TOutput> Rent() => _engines.Rent();

    public void Return(PredictionEngine<TInput, TOutput> engine) => _engines.Return(engine);

    public void Reload(ITransformer next) => _engines = new Engines(mlContext, next);

    private sealed class Engines(MLContext mlContext, ITransformer model)
    {
        private readonly ConcurrentBag<PredictionEngine<TInput, TOutput>> _free = [];
        private readonly ConcurrentDictionary<PredictionEngine<TInput, TOutput>, bool> _own = [];

        public PredictionEngine<TInput, TOutput> Rent()
        {
            if (_free.TryTake(out var free))
                return free;
            var made = mlContext.Model.CreatePredictionEngine<TInput, TOutput>(model);
            _own[made] = true;
            return made;
        }

        public void Return(PredictionEngine<TInput, TOutput> engine)
        {
            if (_own.ContainsKey(engine))
                _free.Add(engine);
        }
    }
}
