using System.Runtime.InteropServices;
using Microsoft.ML;
using ML.Yolo.Columns;
using ML.Yolo.Evaluation;

namespace ML.Yolo;

/// <summary>Reads what is on an image and what was found on it, row by row, for an evaluation or a report.</summary>
internal sealed class ScoredRowReader
{
    private readonly DataViewRowCursor _cursor;
    private readonly string _scoreName;
    private readonly ClassTable _classes = new([]) { TakesNewNames = true };
    private readonly LabelColumn _labels;
    private readonly LabelColumn _predictedLabels;
    private readonly BoxColumn _boxes;
    private readonly BoxColumn _predictedBoxes;
    private readonly VectorColumn<float> _scores;
    private readonly VectorColumn<float>? _areas;
    private readonly VectorColumn<bool>? _crowds;
    private readonly VectorColumn<bool>? _ignored;
    private readonly List<EvaluatedObject> _objects = [];
    private readonly List<EvaluatedDetection> _detections = [];

    /// <param name="cursor">Active in the columns; the caller moves it.</param>
    /// <param name="columns">The columns.</param>
    public ScoredRowReader(DataViewRowCursor cursor, EvaluationColumns columns)
    {
        (_cursor, _scoreName) = (cursor, columns.Score.Name);
        (_labels, _predictedLabels) = (new LabelColumn(cursor, columns.Label, _classes), new LabelColumn(cursor, columns.PredictedLabel, _classes));
        (_boxes, _predictedBoxes) = (new BoxColumn(cursor, columns.BoundingBoxes), new BoxColumn(cursor, columns.PredictedBoundingBoxes));
        _scores = new(cursor, columns.Score);
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
    public IReadOnlyList<string> ClassNames => _classes.Names;

    /// <summary>Feeds all rows of scored data into an evaluator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// Labels and numbers of a row do not fit together, or a box or score is not one; the message names row and column.
    /// </exception>
    /// <param name="data">The rows.</param>
    /// <param name="names">Names of the columns.</param>
    /// <param name="evaluator">Gets them.</param>
    /// <param name="warn">Told what makes the numbers doubtful.</param>
    public static DetectionMetrics Evaluate(IDataView data, EvaluationColumnNames names, DetectionEvaluator evaluator, Action<string> warn)
    {
        var columns = new EvaluationColumns(data.Schema, names);
        using var cursor = data.GetRowCursor(columns.Active);
        var rows = new ScoredRowReader(cursor, columns);
        var doubts = new EvaluationDoubts(KnownClassNames.Of(columns.PredictedLabel));
        while (cursor.MoveNext())
        {
            rows.Read();
            doubts.Add(rows.Objects, rows.Detections);
            for (var i = 0; i < rows.MissingLabels; i++)
                evaluator.Ignore();
            evaluator.AddImage(rows.Objects, rows.Detections);
        }

        foreach (var doubt in doubts.Describe(rows.ClassNames))
            warn(doubt);
        return evaluator.Evaluate([.. rows.ClassNames]);
    }

    /// <summary>Takes the row that the cursor stands at.</summary>
    /// <exception cref="FormatException">Labels and numbers do not fit together, or a box or score is not one; the message names row and column.</exception>
    public void Read()
    {
        try
        {
            ReadObjects();
            ReadDetections();
        }
        catch (RowProblem problem)
        {
            throw problem.At(_cursor.Position);
        }
    }

    private void ReadObjects()
    {
        _objects.Clear();
        var labels = _labels.Read();
        var boxes = _boxes.ReadPer(_labels);
        var areas = _areas is null ? default : _areas.ReadPer(_labels, 1);
        var crowds = _crowds is null ? default : _crowds.ReadPer(_labels, 1);
        var ignored = _ignored is null ? default : _ignored.ReadPer(_labels, 1);
        MissingLabels = labels.Count(-1);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0)
                continue;
            var (isCrowd, isIgnored) = (!crowds.IsEmpty && crowds[i], !ignored.IsEmpty && ignored[i]);
            _objects.Add(new EvaluatedObject(labels[i], boxes[i], isCrowd, isIgnored, areas.IsEmpty ? double.NaN : areas[i]));
        }
    }

    private void ReadDetections()
    {
        _detections.Clear();
        var labels = _predictedLabels.Read();
        var boxes = _predictedBoxes.ReadPer(_predictedLabels);
        var scores = _scores.ReadPer(_predictedLabels, 1);
        for (var i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new RowProblem($", '{_scoreName}', detection {i}: the confidence is NaN; a number was expected.");
            if (labels[i] >= 0)
                _detections.Add(new EvaluatedDetection(labels[i], boxes[i], scores[i]));
        }
    }
}
