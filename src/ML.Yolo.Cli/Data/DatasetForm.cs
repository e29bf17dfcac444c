namespace ML.Yolo.Cli.Data;

/// <summary>Formats of labelled sets.</summary>
internal enum DatasetForm
{
    /// <summary>A data.yaml, images and text files of labels.</summary>
    Yolo,

    /// <summary>A JSON file, and a folder of images.</summary>
    Coco,

    /// <summary>A folder with ImageSets, Annotations and JPEGImages.</summary>
    PascalVoc,

    /// <summary>The JSON file that VoTT exports.</summary>
    Vott,
}
