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
        var (widths, heights) = (statistics.Sizes.Select(size => size.Width).Order().ToList(), statistics.Sizes.Select(size => size.Height).Order().ToList());
        var description = FormattableString.Invariant($"Width and height of {statistics.Sizes.Count} boxes in {unit}: median {widths[widths.Count / 2]:F0} × {heights[heights.Count / 2]:F0}");
        if (statistics.Anchors.Count > 0)
            description += "; anchors: " + string.Join(", ", statistics.Anchors.Select(anchor => FormattableString.Invariant($"{anchor.Width:F0} × {anchor.Height:F0}")));
        var plot = new Plot(statistics.Anchors.Count > 0 ? "Box sizes and anchors" : "Box sizes", description, new PlotAxis($"width, {unit}", 0), new PlotAxis("height", 0))
            .Points("boxes", 4, statistics.Sizes);
        return statistics.Anchors.Count > 0 ? plot.Points("anchors", 5, statistics.Anchors, areLarge: true) : plot;
    }

    private static Plot Positions(LabelStatistics statistics)
    {
        var most = (double)statistics.Positions.Cast<int>().Max();
        const double Side = 1.0 / LabelStatistics.Cells;
        var cells = from row in Enumerable.Range(0, LabelStatistics.Cells)
                    from column in Enumerable.Range(0, LabelStatistics.Cells)
                    select (column * Side, row * Side, (column + 1) * Side, (row + 1) * Side, statistics.Positions[row, column] / most);
        return new Plot("Box centres", "Where the centres of the boxes lie in the image: the fuller a cell, the more of them", new PlotAxis("x, share of the width", 0, 1), new PlotAxis("y, share of the height", 0, 1, IsInverted: true))
            .Cells(4, cells);
    }
}
