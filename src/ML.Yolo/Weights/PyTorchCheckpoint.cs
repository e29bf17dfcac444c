using System.Text;
using Microsoft.Win32.SafeHandles;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Reads the weights out of PyTorch checkpoints (.pt, .pth), as <c>torch.save</c> writes them and as Ultralytics' programs do.</summary>
/// <remarks>
/// <para>A checkpoint is a zip of storages and of a pickle, a program that says how to put Python objects together. Here that program is read, not run:
/// nothing is imported and nothing called, classes and functions are names, and of all of them only those that make collections, tensors and parameters
/// mean something. Memory, nesting and sizes are bounded and checked against the file first.</para>
/// <para>A pickled module gives the tensors its <c>state_dict()</c> would. Where a checkpoint holds averaged weights ("ema") beside the model, they are
/// taken. Tensors keep their type: fp16, bf16, fp32 and the rest.</para>
/// </remarks>
public static class PyTorchCheckpoint
{
    private const string PickleName = "data.pkl";
    private const int MaxPickleLength = 8 << 20;
    private const byte PickleStart = 0x80;

    /// <summary>Reads the model's tensors onto the CPU.</summary>
    /// <param name="path">A checkpoint in the zip format, which PyTorch writes since version 1.6.</param>
    /// <returns>Tensors by name, in the order of the checkpoint; the caller disposes them. Tensors that shared memory in PyTorch share it here.</returns>
    /// <exception cref="WeightsFormatException">The file is damaged, truncated, not a checkpoint, or holds no model; the message says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var file = File.OpenHandle(path);
        CheckIsZip(file, path);
        return Read(ZipDirectory.Read(file, path), path).Tensors;
    }

    /// <summary>Reads the model's tensors, and the names of its classes where it is a module that tells them.</summary>
    internal static (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyList<string>? ClassNames) Read(ZipDirectory zip, string source)
    {
        var pickle = FindPickle(zip) ?? throw new WeightsFormatException($"'{source}' holds no {PickleName}: it is a zip file, but not a PyTorch checkpoint.");
        var folder = pickle.Name[..^PickleName.Length];
        if (zip.Entries.Any(entry => entry.Name.StartsWith($"{folder}code/", StringComparison.Ordinal)))
            throw new WeightsFormatException($"'{source}' is a TorchScript program; save the model's state_dict() with torch.save instead.");
        var order = zip.Entries.FirstOrDefault(entry => entry.Name == $"{folder}byteorder");
        if (order is not null && Encoding.ASCII.GetString(Contents(zip, order, 16, source)) != "little")
            throw new WeightsFormatException($"'{source}' was saved on a machine whose byte order is not little-endian.");

        var root = new Unpickler(Contents(zip, pickle, MaxPickleLength, source), source, TorchObjects.Construct, TorchObjects.Load).Run();
        var storages = new CheckpointStorages(zip, $"{folder}data/", source);
        using var scope = NewDisposeScope();
        var tensors = CheckpointState.Find(root, source).ToDictionary(entry => entry.Key, entry => storages.View(entry.Key, entry.Value));
        foreach (var tensor in tensors.Values)
            tensor.MoveToOuterDisposeScope();
        return (tensors, CheckpointState.ClassNames(root));
    }

    /// <summary>The pickle of a checkpoint; null where the zip is not a checkpoint.</summary>
    internal static ZipDirectory.Entry? FindPickle(ZipDirectory zip)
        => zip.Entries.FirstOrDefault(entry => entry.Name.EndsWith($"/{PickleName}", StringComparison.Ordinal) && entry.Name.Count('/') == 1);

    private static void CheckIsZip(SafeFileHandle file, string source)
    {
        Span<byte> start = stackalloc byte[2];
        var read = RandomAccess.Read(file, start, 0);
        if (read == start.Length && start[0] == PickleStart)
            throw new WeightsFormatException($"'{source}' is a bare pickle, as PyTorch wrote before version 1.6; load and save it once with a newer PyTorch.");
    }

    private static byte[] Contents(ZipDirectory zip, ZipDirectory.Entry entry, int limit, string source)
    {
        if (entry.Length > limit)
            throw new WeightsFormatException($"'{source}': the entry '{entry.Name}' has {entry.Length} bytes; at most {limit} were expected.");
        var contents = new byte[entry.Length];
        zip.Read(entry, contents);
        return contents;
    }
}
