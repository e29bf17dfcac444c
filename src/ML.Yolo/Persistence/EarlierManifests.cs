using System.Text.Json.Nodes;

namespace ML.Yolo.Persistence;

/// <summary>Brings the manifests of earlier versions into today's form. All rules of compatibility are here; a manifest of today passes unchanged.</summary>
internal static class EarlierManifests
{
    private const string Options = "Options";
    private const string Scoring = "Scoring";
    private const string Decoder = "Decoder";
    private const string Recipe = "Recipe";

    // Until 0.1.0 (zip version 1) the scoring options stood among those of the trainer, two of them under longer names.
    private static readonly (string Before, string Now)[] ScoringNames =
    [
        ("ScoreThreshold", nameof(ScoringOptions.ScoreThreshold)),
        ("IouThreshold", nameof(ScoringOptions.IouThreshold)),
        ("MultiLabel", nameof(ScoringOptions.MultiLabel)),
        ("MaxDetections", nameof(ScoringOptions.MaxDetections)),
        ("ScoringCanvas", nameof(ScoringOptions.Canvas)),
        ("ScoringBatchSize", nameof(ScoringOptions.BatchSize)),
    ];

    public static void Upgrade(JsonObject manifest)
    {
        if (manifest[Options] is not JsonObject options)
            return;
        NestScoring(options);
        NameDecoder(manifest, options);
        NameRecipe(options);
    }

    private static void NestScoring(JsonObject options)
    {
        if (options.ContainsKey(Scoring))
            return;
        var scoring = new JsonObject();
        foreach (var (before, now) in ScoringNames)
        {
            if (options.Remove(before, out var value))
                scoring[now] = value;
        }

        // Batches had no upper bound. How many rows are scored at once changes no result.
        if (scoring[nameof(ScoringOptions.BatchSize)] is JsonValue size && size.TryGetValue(out int rows) && rows > ScoringOptions.MaxBatchSize)
            scoring[nameof(ScoringOptions.BatchSize)] = ScoringOptions.MaxBatchSize;
        options[Scoring] = scoring;
    }

    /// <summary>Until 0.1.0 there was one recipe.</summary>
    private static void NameRecipe(JsonObject options) => options.TryAdd(Recipe, nameof(ML.Yolo.Recipe.Reference));

    /// <summary>Until 0.1.0 the loss decided how maps are decoded, and its variants were named as the decoders are.</summary>
    private static void NameDecoder(JsonObject manifest, JsonObject options)
    {
        if (!manifest.ContainsKey(Decoder) && options["Loss"]?["Variant"] is { } variant)
            manifest[Decoder] = variant.DeepClone();
    }
}
