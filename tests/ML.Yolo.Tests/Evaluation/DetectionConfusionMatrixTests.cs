using ML.Yolo.Evaluation;

namespace ML.Yolo.Tests.Evaluation;

public sealed class DetectionConfusionMatrixTests
{
    private static readonly Box Here = new(0, 0, 10, 10);
    private static readonly Box There = new(50, 50, 60, 60);

    [Fact]
    public void ConfusionMatrix_FoundMissedConfusedAndFalseAlarm_CountsEachInItsCell()
    {
        var matrix = Matrix(
            [new(0, Here), new(0, There), new(1, new(20, 20, 30, 30))],
            [new(0, Here, 0.9f), new(0, new(20, 20, 30, 31), 0.8f), new(1, new(80, 80, 90, 90), 0.7f)]);

        Assert.Equal([[1, 0, 1], [1, 0, 0], [0, 1, 0]], matrix.Counts);
        Assert.Equal([0.5, 0], matrix.PerClassRecall);
        Assert.Equal([0.5, 0], matrix.PerClassPrecision);
    }

    [Fact]
    public void ConfusionMatrix_DetectionOfLittleConfidence_IsNotCounted()
        => Assert.Equal([[0, 0, 1], [0, 0, 0], [0, 0, 0]], Matrix([new(0, Here)], [new(0, Here, 0.2f)]).Counts);

    [Fact]
    public void ConfusionMatrix_OneBoxOfTwoClasses_CountsTheRightOneAsFound()
        => Assert.Equal([[1, 0, 0], [0, 0, 0], [0, 1, 0]], Matrix([new(0, Here)], [new(1, Here, 0.9f), new(0, Here, 0.8f)]).Counts);

    [Fact]
    public void ConfusionMatrix_TwoObjectsUnderTwoDetections_PairsTheClosestFirst()
    {
        // The first detection overlaps both objects, but the second object is closer to the second detection.
        var matrix = Matrix([new(0, Here), new(1, new(0, 4, 10, 14))], [new(0, new(0, 1, 10, 11), 0.5f), new(1, new(0, 4, 10, 14), 0.4f)]);

        Assert.Equal([[1, 0, 0], [0, 1, 0], [0, 0, 0]], matrix.Counts);
    }

    [Fact]
    public void ConfusionMatrix_DetectionsInACrowdOrOnAnIgnoredObject_AreNoFalseAlarms()
    {
        var matrix = Matrix([new(0, Here, IsCrowd: true), new(0, There, IsIgnored: true)], [new(0, new(2, 2, 5, 5), 0.9f), new(0, There, 0.9f)]);

        Assert.Equal([[0, 0, 0], [0, 0, 0], [0, 0, 0]], matrix.Counts);
    }

    [Fact]
    public void GetFormattedConfusionTable_LongNamesAndCounts_AlignsTheColumns()
    {
        var matrix = new DetectionConfusionMatrix
        {
            ClassNames = ["a", "zebra"],
            Counts = [[12345, 0, 1], [0, 7, 0], [3, 0, 0]],
            ScoreThreshold = 0.25,
            IouThreshold = 0.45,
        };

        Assert.Equal(
            """
            actual \\ predicted, at score 0.25 and IoU 0.45
                            a  zebra  background
            a           12345      0           1
            zebra           0      7           0
            background      3      0           0

            """.Replace("\\\\", "\\", StringComparison.Ordinal).ReplaceLineEndings(),
            matrix.ToString().ReplaceLineEndings());
    }

    private static DetectionConfusionMatrix Matrix(EvaluatedObject[] objects, EvaluatedDetection[] detections)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        evaluator.AddImage(objects, detections);
        return evaluator.Evaluate(["first", "second"]).ConfusionMatrix;
    }
}
