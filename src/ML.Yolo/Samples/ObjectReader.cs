using Microsoft.ML;
using ML.Yolo.Columns;

namespace ML.Yolo.Samples;

/// <summary>Reads the labels and boxes of rows, checked; objects of classes that are not learned are left out.</summary>
internal sealed class ObjectReader
{
    private readonly DataViewSchema.Column _labels;
    private readonly DataViewSchema.Column _boxes;
    private readonly ClassTable _classes;

    /// <param name="columns">Names the columns.</param>
    /// <param name="classNames">Names of the classes learned, by index.</param>
    /// <param name="schema">The rows' schema.</param>
    public ObjectReader(DetectionColumns columns, IEnumerable<string> classNames, DataViewSchema schema)
        => (_labels, _boxes, _classes) = (columns.Label.Find(schema), columns.BoundingBoxes.Find(schema), new ClassTable(classNames));

    /// <summary>The columns it reads.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns => [_labels, _boxes];

    /// <summary>Reads the row that the cursor stands at.</summary>
    /// <exception cref="RowProblem">Thrown by the getter: labels and boxes do not fit together, or a box is not finite or inverted.</exception>
    public Func<Objects> Getter(DataViewRowCursor cursor)
    {
        var labels = new LabelColumn(cursor, _labels, _classes);
        var boxes = new BoxColumn(cursor, _boxes);
        return () =>
        {
            var classes = labels.Read();
            return Known(classes, boxes.ReadPer(labels));
        };
    }

    private static Objects Known(ReadOnlySpan<int> classes, ReadOnlySpan<Box> boxes)
    {
        var known = classes.Length - classes.Count(-1);
        var (knownClasses, knownBoxes) = (new int[known], new Box[known]);
        for (var (i, next) = (0, 0); i < classes.Length; i++)
        {
            if (classes[i] >= 0)
                (knownClasses[next], knownBoxes[next++]) = (classes[i], boxes[i]);
        }

        return new Objects(knownClasses, knownBoxes, classes.Length - known);
    }
}
