using ML.Yolo.Samples;

namespace ML.Yolo.Reports;

/// <summary>The labels' statistics as plots.</summary>
internal static class LabelPlots
{
    public static IEnumerable<Plot> Of(LabelStatistics statistics)
    {
        if (statistics.Sizes.Count == 0)
            yield break;
        yield return Sizes(statistics);
        if (statistics.Positions.Cast<int>().Any(count => count > 0))
            yield return Positions(statistics);
    }

    private static Plot Sizes(LabelStatistics statistics)
    {
        var unit = statistics.AreSizesOfInput ? "pixels of the network's input" : "pixels";
        var median = Size((Median(statistics.Sizes.Select(size => size.Width)), Median(statistics.Sizes.Select(size => size.Height))));
        var whose = statistics.IsOfTraining ? "training" : "measured";
        var description = $"Width and height of {statistics.Sizes.Count} {whose} boxes in {unit}: median {median}";
        var all = statistics.Sizes.Concat(statistics.Anchors).ToList();
        var width = new PlotAxis($"width, {unit}", 0, Beyond(all.Max(size => size.Width)));
        var height = new PlotAxis("height", 0, Beyond(all.Max(size => size.Height)));
        if (statistics.Anchors.Count == 0)
            return new Plot($"Box sizes, {whose} labels", description, width, height).Points("boxes", 0, statistics.Sizes);
        description += $"; anchors: {string.Join(", ", statistics.Anchors.Select(Size))}";
        return new Plot($"Box sizes, {whose} labels, and anchors", description, width, height).Points("boxes", 0, statistics.Sizes)
            .Points("anchors", 1, statistics.Anchors, areLarge: true);

        // The largest mark has its whole width within the frame.
        static double Beyond(double largest) => Math.Max(largest, 1) * 1.06;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    private static string Size((double Width, double Height) size) => FormattableString.Invariant($"{size.Width:F0} × {size.Height:F0}");

    private static Plot Positions(LabelStatistics statistics)
    {
        var whose = statistics.IsOfTraining ? "training" : "measured";
        var max = (double)statistics.Positions.Cast<int>().Max();
        const double Side = 1.0 / ObjectSurvey.Cells;
        var cells = from row in Enumerable.Range(0, ObjectSurvey.Cells)
                    from column in Enumerable.Range(0, ObjectSurvey.Cells)
                    select (column * Side, row * Side, (column + 1) * Side, (row + 1) * Side, statistics.Positions[row, column] / max);
        var (x, y) = (new PlotAxis("x, share of the width", 0, 1), new PlotAxis("y, share of the height", 0, 1, IsInverted: true));
        var caption = $"Where the centres of the {whose} boxes lie in the image: the fuller a cell, the more of them";
        return new Plot($"Box centres, {whose} labels", caption, x, y).Cells(0, cells);
    }
}
