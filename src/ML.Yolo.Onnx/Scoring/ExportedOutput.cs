using Microsoft.ML.OnnxRuntime;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Reads what an exported model puts out for one image: rows of x1, y1, x2, y2 on the canvas, score, class index, most confident first.</summary>
internal abstract class ExportedOutput
{
    private const int RowLength = 6;

    /// <summary>What reads the outputs of a model.</summary>
    /// <param name="names">Names of the outputs.</param>
    /// <param name="decoder">The decoder of its maps.</param>
    public static ExportedOutput Of(IReadOnlyList<string> names, MapDecoder decoder) => names switch
    {
        ["predictions"] => new Decoded(decoder),
        ["detections", "count"] => new Suppressed(),
        ["output0"] => new Transposed(decoder.ClassCount),
        _ => new Maps(decoder),
    };

    public abstract float[] Read(IReadOnlyList<OrtValue> outputs, int image, NmsOptions options, Letterbox canvas);

    private static ReadOnlySpan<float> Share(OrtValue output, int image)
    {
        var values = output.GetTensorDataAsSpan<float>();
        var length = values.Length / (int)output.GetTensorTypeAndShape().Shape[0];
        return values.Slice(image * length, length);
    }

    /// <summary>Raw maps: only what may count is decoded.</summary>
    private sealed class Maps(MapDecoder decoder) : ExportedOutput
    {
        public override float[] Read(IReadOnlyList<OrtValue> outputs, int image, NmsOptions options, Letterbox canvas)
        {
            var rows = new PredictionRows(decoder.ClassCount);
            var first = 0;
            for (var layer = 0; layer < outputs.Count; layer++)
            {
                var (height, width) = (canvas.CanvasHeight / decoder.Strides[layer], canvas.CanvasWidth / decoder.Strides[layer]);
                decoder.AddLikely(Share(outputs[layer], image), layer, height, width, options.ScoreThreshold, first, rows);
                first += decoder.CountPredictions(height, width);
            }

            return GreedySuppression.Apply(rows, options).Rows;
        }
    }

    /// <summary>Decoded predictions: box numbers, objectness where the head has one, class probabilities.</summary>
    private sealed class Decoded(MapDecoder decoder) : ExportedOutput
    {
        public override float[] Read(IReadOnlyList<OrtValue> outputs, int image, NmsOptions options, Letterbox canvas)
        {
            var rows = new PredictionRows(decoder.ClassCount);
            var values = Share(outputs[0], image);
            var length = (int)outputs[0].GetTensorTypeAndShape().Shape[2];
            var hasObjectness = length > PredictionRows.BoxNumbers + decoder.ClassCount;
            for (var i = 0; i < values.Length / length; i++)
            {
                var prediction = values.Slice(i * length, length);
                var objectness = hasObjectness ? prediction[PredictionRows.BoxNumbers] : 1;
                if (objectness > options.ScoreThreshold)
                    Add(prediction, objectness, rows.Add(i));
            }

            return GreedySuppression.Apply(rows, options).Rows;
        }

        private void Add(ReadOnlySpan<float> prediction, float objectness, Span<float> row)
        {
            prediction[..PredictionRows.BoxNumbers].CopyTo(row);
            var classes = prediction[^decoder.ClassCount..];
            for (var label = 0; label < classes.Length; label++)
                row[PredictionRows.BoxNumbers + label] = objectness * classes[label];
        }
    }

    /// <summary>Ultralytics' layout: a row of all predictions for each box number and each class.</summary>
    private sealed class Transposed(int classCount) : ExportedOutput
    {
        public override float[] Read(IReadOnlyList<OrtValue> outputs, int image, NmsOptions options, Letterbox canvas)
        {
            var rows = new PredictionRows(classCount);
            var values = Share(outputs[0], image);
            var count = values.Length / (PredictionRows.BoxNumbers + classCount);
            for (var i = 0; i < count; i++)
            {
                if (!IsLikely(values, i, count, options.ScoreThreshold))
                    continue;
                var row = rows.Add(i);
                for (var number = 0; number < row.Length; number++)
                    row[number] = values[(number * count) + i];
            }

            return GreedySuppression.Apply(rows, options).Rows;
        }

        private bool IsLikely(ReadOnlySpan<float> values, int index, int count, float threshold)
        {
            for (var label = 0; label < classCount; label++)
            {
                if (values[((PredictionRows.BoxNumbers + label) * count) + index] > threshold)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Detections that the file has suppressed with thresholds of its own; stricter ones of the score and of the count still hold.</summary>
    private sealed class Suppressed : ExportedOutput
    {
        public override float[] Read(IReadOnlyList<OrtValue> outputs, int image, NmsOptions options, Letterbox canvas)
        {
            var count = Math.Min((int)outputs[1].GetTensorDataAsSpan<long>()[image], options.MaxDetections);
            var rows = Share(outputs[0], image)[..(count * RowLength)];
            while (rows.Length > 0 && rows[^2] <= options.ScoreThreshold)
                rows = rows[..^RowLength];
            return rows.ToArray();
        }
    }
}
