using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;

namespace ML.Yolo.Samples;

/// <summary>Reads and checks the labels and boxes of a row.</summary>
internal sealed class ObjectReader
{
    private readonly DataViewSchema.Column _labels;
    private readonly DataViewSchema.Column _boxes;
    private readonly int[] _classOfKey;

    /// <param name="options">Names the columns.</param>
    /// <param name="classNames">Names of the classes learned, by index.</param>
    /// <param name="schema">The rows' schema.</param>
    public ObjectReader(YoloTrainer.Options options, IReadOnlyList<string> classNames, DataViewSchema schema)
    {
        (_labels, _boxes) = (schema[options.LabelColumnName], schema[options.BoundingBoxColumnName]);
        var indices = classNames.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => entry.index);
        _classOfKey = [-1, .. KeyNameReader.Read(_labels).Select(name => indices.TryGetValue(name, out var index) ? index : -1)];
    }

    /// <summary>The columns it reads.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns => [_labels, _boxes];

    /// <summary>Reads the row the cursor is at.</summary>
    /// <exception cref="RowProblem">Thrown by the getter: labels and boxes do not fit together, or a box is no box.</exception>
    public Func<Objects> Getter(DataViewRowCursor cursor)
    {
        var labelGetter = cursor.GetGetter<VBuffer<uint>>(_labels);
        var boxGetter = cursor.GetGetter<VBuffer<float>>(_boxes);
        var (labels, boxes) = (default(VBuffer<uint>), default(VBuffer<float>));
        return () =>
        {
            labelGetter(ref labels);
            boxGetter(ref boxes);
            return Read(labels, boxes);
        };
    }

    private Objects Read(in VBuffer<uint> labels, in VBuffer<float> boxes)
    {
        if (boxes.Length != 4 * labels.Length)
            throw new RowProblem($" has {boxes.Length} numbers in '{_boxes.Name}' and {labels.Length} labels in '{_labels.Name}'; four a label were expected.");
        var (classes, corners) = (new List<int>(labels.Length), new List<Box>(labels.Length));
        for (var i = 0; i < labels.Length; i++)
        {
            var box = new Box(boxes.GetItemOrDefault(4 * i), boxes.GetItemOrDefault((4 * i) + 1), boxes.GetItemOrDefault((4 * i) + 2), boxes.GetItemOrDefault((4 * i) + 3));
            if (!(box.X1 >= box.X0 && box.Y1 >= box.Y0 && float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1)))
                throw new RowProblem(FormattableString.Invariant($", '{_boxes.Name}', object {i}: ({box.X0}, {box.Y0}, {box.X1}, {box.Y1}) is no box; x0, y0, x1, y1 with x0 ≤ x1 and y0 ≤ y1 were expected."));
            var label = labels.GetItemOrDefault(i);
            if (label >= _classOfKey.Length || _classOfKey[label] < 0)
                continue;
            classes.Add(_classOfKey[label]);
            corners.Add(box);
        }

        return new Objects([.. classes], [.. corners], labels.Length - classes.Count);
    }
}
