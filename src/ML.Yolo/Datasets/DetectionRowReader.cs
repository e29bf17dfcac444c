using Microsoft.ML;
using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>Reads rows of any view with the columns of the loaders; labels may be text or keys.</summary>
internal sealed class DetectionRowReader
{
    private const string ImagePathName = nameof(DetectionRow.ImagePath);
    private const string LabelName = nameof(DetectionRow.Label);
    private const string BoundingBoxesName = nameof(DetectionRow.BoundingBoxes);

    private readonly IDataView _data;
    private readonly DataViewSchema.Column _imagePath;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _boundingBoxes;

    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    public DetectionRowReader(
        IDataView data, string imagePathColumnName = ImagePathName, string labelColumnName = LabelName, string boundingBoxColumnName = BoundingBoxesName)
    {
        _data = data;
        _imagePath = new NamedColumn("image path", imagePathColumnName, ColumnType.Text).Find(data.Schema);
        _label = new NamedColumn("label", labelColumnName, ColumnType.Labels).Find(data.Schema);
        _boundingBoxes = new NamedColumn("bounding box", boundingBoxColumnName, ColumnType.Boxes).Find(data.Schema);
    }

    /// <summary>Names of the classes that the labels' column knows.</summary>
    public string[] ClassNames => KnownClassNames.Of(_label);

    /// <summary>What was guessed or passed over so far, where a loader made the rows.</summary>
    public IReadOnlyList<string> Remarks => Columns.Remarks.Of(_imagePath);

    /// <summary>The rows, streamed.</summary>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and column.
    /// </exception>
    public IEnumerable<DetectionRow> Read()
    {
        using var cursor = _data.GetRowCursor([_imagePath, _label, _boundingBoxes]);
        var classes = new ClassTable([]) { TakesNewNames = true };
        var paths = cursor.GetGetter<ReadOnlyMemory<char>>(_imagePath);
        var (labels, boxes) = (new LabelColumn(cursor, _label, classes), new BoxColumn(cursor, _boundingBoxes));
        while (cursor.MoveNext())
            yield return Read(cursor, paths, labels, boxes, classes);
    }

    /// <summary>The rows, streamed, for those who can keep no object without a class: rows with a missing label are left out.</summary>
    /// <param name="leftOut">Takes them.</param>
    /// <exception cref="FormatException">As <see cref="Read()"/>.</exception>
    public IEnumerable<DetectionRow> ReadLabelled(BadSamples leftOut)
    {
        var number = 0L;
        foreach (var row in Read())
        {
            var missing = Array.IndexOf(row.Label, "");
            if (missing < 0)
                yield return row;
            else
                leftOut.Add(number, FormattableString.Invariant($"Row {number}, '{_label.Name}', object {missing}: the label is missing."));
            number++;
        }
    }

    private static DetectionRow Read(
        DataViewRowCursor cursor, ValueGetter<ReadOnlyMemory<char>> paths, LabelColumn labels, BoxColumn boxes, ClassTable classes)
    {
        try
        {
            var path = default(ReadOnlyMemory<char>);
            paths(ref path);
            var indices = labels.Read();
            var names = new string[indices.Length];
            for (var i = 0; i < names.Length; i++)
                names[i] = indices[i] < 0 ? "" : classes.Names[indices[i]];
            return new DetectionRow { ImagePath = path.ToString(), Label = names, BoundingBoxes = boxes.ReadPer(labels).ToArray() };
        }
        catch (RowProblem problem)
        {
            throw problem.At(cursor.Position);
        }
    }
}
