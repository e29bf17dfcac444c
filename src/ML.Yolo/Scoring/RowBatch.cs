using System.Runtime.ExceptionServices;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Rows that were read together.</summary>
/// <param name="FirstSlot">Where the first one's values are; the others follow.</param>
/// <param name="Images">What the network takes of each; null where there is nothing to score.</param>
/// <param name="IsLast">Whether no rows follow.</param>
/// <param name="Failure">Why the row after these could not be read; null where it could, or there is none.</param>
internal sealed record RowBatch(int FirstSlot, IReadOnlyList<LetterboxedImage?> Images, bool IsLast, ExceptionDispatchInfo? Failure = null);
