namespace ML.Yolo.Tests.Architecture;

/// <summary>The rooms of src/ML.Yolo and what each may import: the table of docs/architecture.md, as data.</summary>
internal static class RoomTable
{
    /// <summary>Files directly in src/ML.Yolo: the ML.NET face. It imports all, and no room imports it.</summary>
    public const string Root = "the root";

    /// <summary>A row per room, in the order of the document. A room may always use itself.</summary>
    public static IReadOnlyDictionary<string, string[]> Imports { get; } = new Dictionary<string, string[]>
    {
        ["Tensors"] = [],
        ["Boxes"] = ["Tensors"],
        ["Files"] = [],
        ["Devices"] = [],
        ["Interop"] = [],
        ["Distributed"] = [],
        ["Columns"] = ["Interop", "Boxes"],
        ["Imaging"] = ["Boxes", "Tensors"],
        ["Networks"] = ["Boxes", "Devices", "Tensors"],
        ["Losses"] = ["Boxes", "Tensors"],
        ["Weights"] = ["Networks", "Files", "Tensors"],
        ["Datasets"] = ["Columns", "Imaging", "Boxes", "Files"],
        ["Samples"] = ["Columns", "Imaging", "Boxes", "Distributed"],
        ["Scoring"] = ["Networks", "Imaging", "Columns", "Boxes", "Devices", "Tensors"],
        ["Evaluation"] = ["Boxes"],
        ["Training"] =
        [
            "Samples", "Imaging", "Networks", "Losses", "Scoring", "Evaluation", "Weights", "Files", "Boxes", "Devices", "Tensors", "Distributed",
        ],
        ["Persistence"] = ["Weights", "Networks", "Scoring", "Files", "Interop"],
    };

    /// <summary>Whether a room may use another.</summary>
    public static bool Allows(string from, string to) => from == to || from == Root || (to != Root && Imports[from].Contains(to));

    /// <summary>The room that a file belongs to, by its path below src/ML.Yolo; null where its folder is none of the table's.</summary>
    public static string? RoomOf(string relativePath)
    {
        var slash = relativePath.IndexOf('/', StringComparison.Ordinal);
        var room = slash < 0 ? Root : relativePath[..slash];
        return room == Root || Imports.ContainsKey(room) ? room : null;
    }
}
