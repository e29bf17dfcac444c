using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// A labelled set whose rows can be read one by one, in any order, by several threads. What it holds of a row in memory is small and knows no pixels.
/// </summary>
internal abstract class DetectionDataset
{
    /// <summary>What messages call it: its file or folder.</summary>
    public abstract string Name { get; }

    /// <summary>Names of the classes, in the order the format gives them.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>Images.</summary>
    public abstract int Count { get; }

    /// <summary>What is known to be wrong before a row is read, in the order of the file.</summary>
    public virtual IReadOnlyList<DatasetFault> Faults => [];

    /// <summary>What is guessed, passed over or repaired; grows while rows are read.</summary>
    public Remarks Remarks { get; } = new();

    /// <summary>Reads the labels of one image, and the header of the image itself.</summary>
    /// <exception cref="DatasetFormatException">The labels are malformed or the file is not an image.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public abstract DetectionRow Read(int index);
}
