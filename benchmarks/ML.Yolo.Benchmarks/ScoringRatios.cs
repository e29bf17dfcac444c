namespace ML.Yolo.Benchmarks;

/// <summary>Ratios among our own ways to score.</summary>
internal static class ScoringRatios
{
    // .NET compiles what runs often a second time, better.
    private const int RunsUntilCompiled = 60;

    internal static Ratio PredictionEngineLibTorch => PredictionEngine("prediction-engine", ScoringEngine.LibTorch);

    internal static Ratio PredictionEngineOnnx => PredictionEngine("prediction-engine-onnx", ScoringEngine.OnnxRuntime);

    private static Ratio PredictionEngine(string name, ScoringEngine engine)
        => new(name, $"a photo by PredictionEngine, 640 px, {engine} / decoding it and the network's own time", 1.05, () =>
        {
            using var benchmark = new ScoringBenchmark(engine);
            for (var i = 0; i < RunsUntilCompiled; i++)
            {
                benchmark.One();
                benchmark.DecodeAndDetect();
            }

            return Timing.Compare(benchmark.One, benchmark.DecodeAndDetect, rounds: 31);
        });
}
