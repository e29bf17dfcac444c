using System.Runtime.InteropServices;
using Microsoft.ML;

namespace ML.Yolo.Columns;

/// <summary>Boxes of a row that moves: four numbers each, finite, left before right and top before bottom.</summary>
/// <param name="row">Active in the column; the caller moves it.</param>
/// <param name="column">A column of type <see cref="ColumnType.Boxes"/>.</param>
internal sealed class BoxColumn(DataViewRow row, DataViewSchema.Column column)
{
    private const int Corners = 4;

    private readonly VectorColumn<float> _numbers = new(row, column);

    /// <summary>The row's boxes, valid until the next call.</summary>
    /// <exception cref="RowProblem">The number of values is not a multiple of four, or a box is not finite or inverted.</exception>
    public ReadOnlySpan<Box> Read()
    {
        var numbers = _numbers.Read();
        return numbers.Length % Corners == 0
            ? ToBoxes(numbers)
            : throw new RowProblem($" has {numbers.Length} numbers in '{column.Name}'; {Corners} per object were expected.");
    }

    /// <summary>The row's boxes, one for each label that was read last; valid until the next call.</summary>
    /// <exception cref="RowProblem">There are more or fewer, or a box is not finite or inverted.</exception>
    public ReadOnlySpan<Box> ReadPer(LabelColumn labels) => ToBoxes(_numbers.ReadPer(labels, Corners));

    private ReadOnlySpan<Box> ToBoxes(ReadOnlySpan<float> numbers)
    {
        var boxes = MemoryMarshal.Cast<float, Box>(numbers);
        for (var i = 0; i < boxes.Length; i++)
        {
            if (!boxes[i].IsFinite || boxes[i].IsInverted)
                throw Wrong(i, boxes[i]);
        }

        return boxes;
    }

    private RowProblem Wrong(int index, in Box box)
    {
        var (problem, expected) = box.IsFinite ? ("inverted", "x0 ≤ x1 and y0 ≤ y1 were") : ("not finite", "finite x0, y0, x1, y1 were");
        var corners = FormattableString.Invariant($"({box.X0}, {box.Y0}, {box.X1}, {box.Y1})");
        var guess = box.IsFinite ? " Are they centre, width and height? Corners in pixels are expected: x0, y0, x1, y1." : "";
        return new RowProblem($", '{column.Name}', box {index}: {corners} is {problem}; {expected} expected.{guess}");
    }
}
