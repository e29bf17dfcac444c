using ML.Yolo.Losses;

namespace ML.Yolo.Training;

/// <summary>Checks whether the anchors suit the data, and finds better ones where they do not: k-means over the sizes, then evolution.</summary>
internal static class AutoAnchor
{
    private const double SufficientRecall = 0.98;
    private const float MinSide = 2;
    private const int KMeansRounds = 30;
    private const int Generations = 1000;
    private const int MaxSizes = 10_000;

    // A mutation changes nine numbers in ten, usually by a few percent.
    private const double MutationChance = 0.9;
    private const double MutationSpread = 0.1;

    /// <summary>Finds anchors for a set.</summary>
    /// <param name="sizes">Widths and heights of its objects, pixels of the canvas.</param>
    /// <param name="anchors">The anchors at hand.</param>
    /// <param name="rule">The loss's rule of which anchor takes which object.</param>
    /// <param name="seed">Decides where k-means starts and how evolution goes.</param>
    /// <param name="tell">Told what was found.</param>
    /// <returns>Better anchors, smallest first; null where those at hand will do.</returns>
    public static AnchorSet? Improve(IEnumerable<(float Width, float Height)> sizes, AnchorSet anchors, AnchorRule rule, int seed, Action<string> tell)
    {
        var random = SampleRandom.ForEpoch(seed, 0);
        var all = sizes.Where(size => size.Width >= MinSide && size.Height >= MinSide).ToArray();
        if (all.Length > MaxSizes)
            all = random.GetItems(all, MaxSizes);
        var current = anchors.Sizes;
        var fit = new AnchorFit(all, rule);
        var recall = fit.BestPossibleRecall(current);
        var found = FormattableString.Invariant($"Anchors: best possible recall {recall:F3}");
        if (recall >= SufficientRecall)
        {
            tell($"{found}; they stay.");
            return null;
        }

        if (all.Length < current.Count)
        {
            tell(FormattableString.Invariant(
                $"{found}; they stay all the same, since {all.Length} objects of at least {MinSide} pixels are too few to find {current.Count} anchors."));
            return null;
        }

        var better = Evolve(fit, KMeans(all, current.Count, random), random);
        var betterRecall = fit.BestPossibleRecall(better);
        if (betterRecall <= recall)
        {
            tell($"{found}; no better ones were found, they stay.");
            return null;
        }

        tell(FormattableString.Invariant($"{found} became {betterRecall:F3} with {anchors.With(better)} pixels."));
        return anchors.With(better);
    }

    private static (float Width, float Height)[] KMeans((float Width, float Height)[] sizes, int count, Random random)
    {
        // Sides are compared in units of their spread, so that width and height weigh alike.
        var (spreadX, spreadY) = (Spread(sizes.Select(size => size.Width)), Spread(sizes.Select(size => size.Height)));
        var means = random.GetItems(sizes, count);
        for (var round = 0; round < KMeansRounds; round++)
        {
            var groups = sizes.ToLookup(size => Nearest(size, means, spreadX, spreadY));
            for (var i = 0; i < count; i++)
            {
                means[i] = groups[i].Any()
                    ? (groups[i].Average(size => size.Width), groups[i].Average(size => size.Height))
                    : sizes[random.Next(sizes.Length)];
            }
        }

        return means;
    }

    private static float Spread(IEnumerable<float> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Max((float)Math.Sqrt(all.Average(value => (double)(value - mean) * (value - mean))), 1e-3f);
    }

    private static int Nearest((float Width, float Height) size, (float Width, float Height)[] means, float spreadX, float spreadY)
    {
        var (best, nearest) = (float.PositiveInfinity, 0);
        for (var i = 0; i < means.Length; i++)
        {
            var (x, y) = ((size.Width - means[i].Width) / spreadX, (size.Height - means[i].Height) / spreadY);
            if ((x * x) + (y * y) < best)
                (best, nearest) = ((x * x) + (y * y), i);
        }

        return nearest;
    }

    private static (float Width, float Height)[] Evolve(AnchorFit fit, (float Width, float Height)[] anchors, Random random)
    {
        var fitness = fit.Fitness(anchors);
        for (var generation = 0; generation < Generations; generation++)
        {
            var mutant = Array.ConvertAll(anchors, size => (Mutate(size.Width, random), Mutate(size.Height, random)));
            var mutantFitness = fit.Fitness(mutant);
            if (mutantFitness > fitness)
                (anchors, fitness) = (mutant, mutantFitness);
        }

        return [.. anchors.OrderBy(size => size.Width * size.Height)];
    }

    private static float Mutate(float side, Random random)
    {
        if (random.NextDouble() >= MutationChance)
            return side;
        var factor = 1 + (random.NextDouble() * Normal(random) * MutationSpread);
        return Math.Max((float)(side * Math.Clamp(factor, 0.3, 3)), MinSide);
    }

    /// <summary>A standard normal number (Box and Muller 1958).</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
