using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Evaluation;

/// <summary>Feeds scored rows to an evaluator.</summary>
internal static class DetectionRows
{
    /// <param name="cursor">Active in the columns.</param>
    /// <param name="columns">Label, boxes, predicted label, predicted boxes, score.</param>
    /// <param name="evaluator">Takes the rows.</param>
    public static DetectionMetrics Evaluate(DataViewRowCursor cursor, DataViewSchema.Column[] columns, DetectionEvaluator evaluator)
    {
        var classes = new Dictionary<string, int>();
        var trueLabels = new LabelReader(cursor, columns[0], classes);
        var predictedLabels = new LabelReader(cursor, columns[2], classes);
        var trueBoxes = cursor.GetGetter<VBuffer<float>>(columns[1]);
        var predictedBoxes = cursor.GetGetter<VBuffer<float>>(columns[3]);
        var scores = cursor.GetGetter<VBuffer<float>>(columns[4]);

        var (objects, detections) = (new List<EvaluatedObject>(), new List<EvaluatedDetection>());
        var labels = new List<int>();
        var (boxes, confidences) = (default(VBuffer<float>), default(VBuffer<float>));
        while (cursor.MoveNext())
        {
            objects.Clear();
            trueLabels.Read(labels);
            trueBoxes(ref boxes);
            CheckCount(cursor.Position, columns[1].Name, boxes.Length, 4, columns[0].Name, labels.Count);
            for (var i = 0; i < labels.Count; i++)
            {
                if (labels[i] < 0)
                    evaluator.Ignore();
                else
                    objects.Add(new EvaluatedObject(labels[i], Box(boxes, i)));
            }

            detections.Clear();
            predictedLabels.Read(labels);
            predictedBoxes(ref boxes);
            scores(ref confidences);
            CheckCount(cursor.Position, columns[3].Name, boxes.Length, 4, columns[2].Name, labels.Count);
            CheckCount(cursor.Position, columns[4].Name, confidences.Length, 1, columns[2].Name, labels.Count);
            for (var i = 0; i < labels.Count; i++)
            {
                if (labels[i] >= 0)
                    detections.Add(new EvaluatedDetection(labels[i], Box(boxes, i), confidences.GetItemOrDefault(i)));
            }

            evaluator.AddImage(CollectionsMarshal.AsSpan(objects), CollectionsMarshal.AsSpan(detections));
        }

        return evaluator.Evaluate([.. classes.OrderBy(entry => entry.Value).Select(entry => entry.Key)]);
    }

    private static EvaluatedBox Box(in VBuffer<float> boxes, int index)
        => new(boxes.GetItemOrDefault(4 * index), boxes.GetItemOrDefault((4 * index) + 1), boxes.GetItemOrDefault((4 * index) + 2), boxes.GetItemOrDefault((4 * index) + 3));

    private static void CheckCount(long row, string column, int found, int each, string labelColumn, int labels)
    {
        if (found != each * labels)
            throw new FormatException($"Row {row} has {found} numbers in '{column}' and {labels} labels in '{labelColumn}'; {each} a label were expected.");
    }
}
