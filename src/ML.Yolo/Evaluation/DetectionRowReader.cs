using System.Runtime.InteropServices;
using Microsoft.ML;
using ML.Yolo.Columns;

namespace ML.Yolo.Evaluation;

/// <summary>Reads what is on an image and what was found on it, row by row.</summary>
internal sealed class DetectionRowReader
{
    private readonly DataViewRowCursor _cursor;
    private readonly EvaluationColumns _columns;
    private readonly Dictionary<string, int> _classes;
    private readonly LabelReader _labels;
    private readonly LabelReader _predictedLabels;
    private readonly VectorColumn<float> _boxes;
    private readonly VectorColumn<float> _predictedBoxes;
    private readonly VectorColumn<float> _scores;
    private readonly VectorColumn<float>? _areas;
    private readonly VectorColumn<bool>? _crowds;
    private readonly VectorColumn<bool>? _ignored;
    private readonly List<EvaluatedObject> _objects = [];
    private readonly List<EvaluatedDetection> _detections = [];
    private readonly List<int> _classIndices = [];

    /// <param name="cursor">Active in the columns; the caller moves it.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="classNames">Names of classes that get the first indices; others follow as they are met.</param>
    public DetectionRowReader(DataViewRowCursor cursor, EvaluationColumns columns, IReadOnlyList<string>? classNames = null)
    {
        (_cursor, _columns) = (cursor, columns);
        _classes = (classNames ?? []).Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => entry.i);
        (_labels, _predictedLabels) = (new LabelReader(cursor, columns.Label, _classes), new LabelReader(cursor, columns.PredictedLabel, _classes));
        (_boxes, _predictedBoxes, _scores) = (new(cursor, columns.Boxes), new(cursor, columns.PredictedBoxes), new(cursor, columns.Score));
        _areas = columns.Area is { } area ? new(cursor, area) : null;
        _crowds = columns.Crowd is { } crowd ? new(cursor, crowd) : null;
        _ignored = columns.Ignored is { } ignored ? new(cursor, ignored) : null;
    }

    /// <summary>Objects of the row.</summary>
    public ReadOnlySpan<EvaluatedObject> Objects => CollectionsMarshal.AsSpan(_objects);

    /// <summary>Detections of the row, in the order of the columns.</summary>
    public ReadOnlySpan<EvaluatedDetection> Detections => CollectionsMarshal.AsSpan(_detections);

    /// <summary>Objects of the row left out because their label is missing.</summary>
    public int MissingLabels { get; private set; }

    /// <summary>Names of the classes met so far, by index.</summary>
    public string[] ClassNames => [.. _classes.OrderBy(entry => entry.Value).Select(entry => entry.Key)];

    /// <summary>Evaluates all rows of a cursor.</summary>
    public static DetectionMetrics Evaluate(DataViewRowCursor cursor, EvaluationColumns columns, DetectionEvaluator evaluator)
    {
        var rows = new DetectionRowReader(cursor, columns);
        while (cursor.MoveNext())
        {
            rows.Read();
            for (var i = 0; i < rows.MissingLabels; i++)
                evaluator.Ignore();
            evaluator.AddImage(rows.Objects, rows.Detections);
        }

        return evaluator.Evaluate(rows.ClassNames);
    }

    /// <summary>Takes the row the cursor stands at.</summary>
    /// <exception cref="FormatException">Labels and numbers do not fit together, or a number is none; the message names row and column.</exception>
    public void Read()
    {
        ReadObjects();
        ReadDetections();
    }

    private void ReadObjects()
    {
        _objects.Clear();
        MissingLabels = 0;
        _labels.Read(_classIndices);
        var boxes = ReadColumn(_boxes, 4, _columns.Label);
        var areas = _areas is null ? default : ReadColumn(_areas, 1, _columns.Label);
        var crowds = _crowds is null ? default : ReadColumn(_crowds, 1, _columns.Label);
        var ignored = _ignored is null ? default : ReadColumn(_ignored, 1, _columns.Label);
        for (var i = 0; i < _classIndices.Count; i++)
        {
            if (_classIndices[i] < 0)
                MissingLabels++;
            else
                _objects.Add(new EvaluatedObject(_classIndices[i], Box(boxes, i, _columns.Boxes), !crowds.IsEmpty && crowds[i], !ignored.IsEmpty && ignored[i], areas.IsEmpty ? double.NaN : areas[i]));
        }
    }

    private void ReadDetections()
    {
        _detections.Clear();
        _predictedLabels.Read(_classIndices);
        var boxes = ReadColumn(_predictedBoxes, 4, _columns.PredictedLabel);
        var scores = ReadColumn(_scores, 1, _columns.PredictedLabel);
        for (var i = 0; i < _classIndices.Count; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new FormatException($"Row {_cursor.Position}, '{_columns.Score.Name}', detection {i}: the confidence is NaN; a number was expected.");
            if (_classIndices[i] >= 0)
                _detections.Add(new EvaluatedDetection(_classIndices[i], Box(boxes, i, _columns.PredictedBoxes), scores[i]));
        }
    }

    private ReadOnlySpan<T> ReadColumn<T>(VectorColumn<T> column, int each, DataViewSchema.Column labels)
    {
        var values = column.Read();
        return values.Length == each * _classIndices.Count
            ? values
            : throw new FormatException($"Row {_cursor.Position} has {values.Length} {(typeof(T) == typeof(bool) ? "values" : "numbers")} in '{column.Name}' and {_classIndices.Count} labels in '{labels.Name}'; {each} a label were expected.");
    }

    private Box Box(ReadOnlySpan<float> boxes, int index, DataViewSchema.Column column)
    {
        var corners = boxes.Slice(4 * index, 4);
        foreach (var corner in corners)
        {
            if (!float.IsFinite(corner))
                throw new FormatException(FormattableString.Invariant($"Row {_cursor.Position}, '{column.Name}', box {index}: {corners[0]}, {corners[1]}, {corners[2]}, {corners[3]} is no box; four finite numbers were expected."));
        }

        return new Box(corners[0], corners[1], corners[2], corners[3]);
    }
}
