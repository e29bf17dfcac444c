using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>Files made to do harm. Each must end in an error that says what is wrong, at once, and without taking memory for what it claims.</summary>
public sealed class HostileCheckpointTests
{
    private const long MostMemory = 100_000_000;
    private static readonly byte[] FourBytes = new byte[4];

    private static readonly Case[] PickleCases =
    [
        new("a call of os.system", () => new PickleBytes().Global("os", "system").Text("touch harmed").Raw(0x85).Op('R').Stop(), "holds no weights: its pickle is a call or object of os.system"),
        new("a call of os.system by INST", () => new PickleBytes().Op('(').Text("touch harmed").Op('i').Raw("os\nsystem\n"u8.ToArray()).Stop(), "its pickle is a call or object of os.system"),
        new("a call of eval on the stack", () => new PickleBytes().Text("builtins").Text("eval").Raw(0x93).Text("1").Raw(0x85).Op('R').Stop(), "its pickle is a call or object of builtins.eval"),
        new("a call in a dictionary of weights", () => new PickleBytes().Dictionary(pairs => pairs.Text("model").Global("posix", "system").Text("true").Raw(0x85).Op('R')).Stop(), "a dictionary of 1 entries without tensors"),
        new("2^62 elements", () => OneTensor("FloatStorage", 1L << 62, [1L << 62], [1]), "lies in a FloatStorage of 4611686018427387904 elements; the entry 'archive/data/0' has 4 bytes"),
        new("a shape of 2^62 over one element", () => OneTensor("FloatStorage", 1, [1L << 62], [0]), "claims shape (4611686018427387904) from element 0 of a storage of 1"),
        new("a shape whose product overflows", () => OneTensor("FloatStorage", 1, [1L << 32, 1L << 32], [0, 0]), "claims shape (4294967296, 4294967296)"),
        new("strides beyond the storage", () => OneTensor("FloatStorage", 1, [1, 1], [1, 1], offset: 1), "from element 1 of a storage of 1"),
        new("a negative offset", () => OneTensor("FloatStorage", 1, [1], [1], offset: -1), "none below 0"),
        new("a negative size", () => OneTensor("FloatStorage", 1, [-1], [1]), "none below 0"),
        new("a storage that is not there", () => new PickleBytes().Dictionary(pairs => pairs.Text("x").Tensor("FloatStorage", "7", 1, [1], [1])).Stop(), "lies in storage 7, which is not in the file"),
        new("a storage outside the archive", () => new PickleBytes().Dictionary(pairs => pairs.Text("x").Tensor("FloatStorage", "../data.pkl", 1, [1], [1])).Stop(), "which is not in the file"),
        new("an unknown storage class", () => OneTensor("EvilStorage", 1, [1], [1]), "lies in a EvilStorage; known are DoubleStorage"),
        new("one storage under two types", () => new PickleBytes().Dictionary(pairs => pairs.Text("x").Tensor("FloatStorage", "0", 1, [1], [1]).Text("y").Tensor("HalfStorage", "0", 2, [1], [1])).Stop(), "says that storage 0 is a HalfStorage of 2"),
        new("a text of 4 GB", () => new PickleBytes().Op('X').UInt32(uint.MaxValue).Stop(), "asks for 4294967295 bytes more, and 1 are left"),
        new("a number of 4 GB", () => new PickleBytes().Raw(0x8b).UInt32(uint.MaxValue).Stop(), "holds a whole number of 4294967295 bytes"),
        new("a pickle that ends early", () => new PickleBytes().Op('}').Stop()[..^1], "is truncated"),
        new("a line that ends early", () => new PickleBytes().Op('c').Raw("torch"u8.ToArray()).Stop(), "ends within a line of text"),
        new("nothing on the stack", () => new PickleBytes().Stop(), "takes a value where there is none"),
        new("a tuple without a mark", () => new PickleBytes().Op('t').Stop(), "goes back to a mark it never set"),
        new("an instruction that is none", () => new PickleBytes().Raw(0xff).Stop(), "has instruction 0xff"),
        new("an extension code", () => new PickleBytes().Raw(0x82, 1).Stop(), "has instruction 0x82"),
        new("a memory never kept", () => new PickleBytes().Op('h').Raw(9).Stop(), "recalls value 9"),
        new("a list nested a million times", () => Repeated(1_000_000, "]"u8, "a"u8), "has more than 100000 values waiting"),
        new("a million marks", () => Repeated(1_000_000, "("u8, []), "nests more than 100000 values"),
        new("a million dictionaries", () => Repeated(2_000_000, "}0"u8, []), "has made more than 1,000,000 values"),
        new("a list doubled over and over", () => Doubled(60), "holds no weights: its pickle is a sequence"),
        new("a module that contains itself", () => Ring(), "nested deeper than 64"),
        new("modules that double at each level", () => ModuleBomb(40), "or more than 20000: too many for a detector"),
        new("modules that share a hundred thousand fields", () => SharedFields(), "holds modules with more than 2,000,000 fields in all"),
        new("one large list made a dictionary over and over", () => Copies("collections", "OrderedDict"), "has made more than 1,000,000 values"),
        new("a tensor of fifty thousand dimensions made over and over", () => Copies("torch._utils", "_rebuild_tensor_v2"), "has made more than 1,000,000 values"),
        new("a class with a name of a megabyte", () => new PickleBytes().Global("os", new string('x', 1 << 20)).Stop(), "names a class by more than 256 characters"),
        new("a class named by numbers", () => new PickleBytes().Integer(1).Integer(2).Raw(0x93).Stop(), "names a class by something that is not a string"),
        new("arguments that are not a tuple", () => new PickleBytes().Global("a", "b").Integer(1).Op('R').Stop(), "arguments that are not a tuple"),
        new("an item set in a number", () => new PickleBytes().Integer(1).Integer(2).Integer(3).Op('s').Stop(), "sets a key of something that is not a dictionary"),
        new("an item added to a number", () => new PickleBytes().Integer(1).Integer(2).Op('a').Stop(), "appends to something that is not a list"),
    ];

    private static readonly Case[] ZipCases =
    [
        new("no zip at all", () => "this is no zip file, but it is long enough to be taken for one"u8.ToArray(), "has no end-of-directory record"),
        new("an empty file", () => [], "has no end-of-directory record"),
        new("a bare pickle", () => new PickleBytes().Op('}').Stop(), "bare pickle, as PyTorch wrote before version 1.6"),
        new("a zip without a pickle", () => new ZipBytes().Add("archive/readme", FourBytes).ToArray(), "holds no data.pkl"),
        new("a name that climbs", () => Honest().Add("archive/../../etc/passwd", FourBytes).ToArray(), "'archive/../../etc/passwd', which points outside the archive"),
        new("a name from the root", () => Honest().Add("/etc/passwd", FourBytes).ToArray(), "'/etc/passwd', which points outside"),
        new("a name on a drive", () => Honest().Add("C:\\Windows\\x", FourBytes).ToArray(), "which points outside"),
        new("one name twice", () => Honest().Add("archive/data/0", FourBytes).ToArray(), "holds 'archive/data/0' twice"),
        new("entries that overlap", () => Honest().Add("archive/data/1", FourBytes, entry => entry with { DirectoryName = "archive/data/0", SameAs = 1 }).ToArray(), "holds 'archive/data/0' twice"),
        new("an entry that reaches into the next", () => OverlappingPair(), "overlap"),
        new("an entry longer than the file", () => new ZipBytes().Add("archive/data.pkl", FourBytes, entry => entry with { Size = int.MaxValue }).ToArray(), "is said to take 2147483647 bytes"),
        new("an entry after the directory", () => new ZipBytes().Add("archive/data.pkl", FourBytes, entry => entry with { Offset = 1_000_000 }).ToArray(), "is said to begin at byte 1000000"),
        new("another name in the local header", () => new ZipBytes().Add("archive/data.pkl", FourBytes, entry => entry with { DirectoryName = "archive/data.pky" }).ToArray(), "is not where that entry begins"),
        new("a compressed pickle", () => new ZipBytes().Add("archive/data.pkl", FourBytes, entry => entry with { Method = 8 }).ToArray(), "is compressed or encrypted"),
        new("a wrong checksum", () => new ZipBytes().Add("archive/data.pkl", FourBytes, entry => entry with { Crc32 = 1 }).ToArray(), "the checksum of its entry 'archive/data.pkl' does not match"),
        new("a zip cut off in the middle", () => Honest().ToArray()[..200], "it is truncated"),
        new("a zip cut off by a byte", () => Honest().ToArray()[..^1], "it is truncated"),
        new("a TorchScript program", () => Honest().Add("archive/code/__torch__.py", FourBytes).ToArray(), "is a TorchScript program"),
        new("a big-endian checkpoint", () => Honest().Add("archive/byteorder", "big"u8.ToArray()).ToArray(), "byte order is not little-endian"),
        new("a pickle of 9 MB", () => new ZipBytes().Add("archive/data.pkl", new byte[9 << 20]).ToArray(), "has 9437184 bytes; at most 8388608 were expected"),
    ];

    public static TheoryData<string> Pickles => [.. PickleCases.Select(hostile => hostile.Name)];

    public static TheoryData<string> Zips => [.. ZipCases.Select(hostile => hostile.Name)];

    [Theory]
    [MemberData(nameof(Pickles))]
    public void Load_HostilePickle_SaysWhatIsWrongAndTakesLittleMemory(string name)
    {
        using var folder = new TemporaryFolder();
        var hostile = PickleCases.Single(hostile => hostile.Name == name);

        AssertRefused(name, ZipBytes.Checkpoint(hostile.Make(), ("0", FourBytes)).Save(folder), hostile.Message);
    }

    [Theory]
    [MemberData(nameof(Zips))]
    public void Load_HostileZip_SaysWhatIsWrongAndTakesLittleMemory(string name)
    {
        using var folder = new TemporaryFolder();
        var hostile = ZipCases.Single(hostile => hostile.Name == name);
        File.WriteAllBytes(folder.File("weights.pt"), hostile.Make());

        AssertRefused(name, folder.File("weights.pt"), hostile.Message);
    }

    [Fact]
    public void Load_CheckpointCutOffAnywhere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var whole = Honest().ToArray();

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.File("weights.pt"), whole[..length]);
            Assert.Throws<WeightsFormatException>(() => PyTorchCheckpoint.Load(folder.File("weights.pt")));
        }
    }

    [Fact]
    public void Load_CheckpointWithAnyByteChanged_IsReadOrRefusedButNothingElse()
    {
        using var folder = new TemporaryFolder();
        var whole = Honest().ToArray();

        for (var i = 0; i < whole.Length; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0xff;
            File.WriteAllBytes(folder.File("weights.pt"), changed);
            using var scope = NewDisposeScope();
            var exception = Record.Exception(() => PyTorchCheckpoint.Load(folder.File("weights.pt")));
            Assert.True(exception is null or WeightsFormatException, $"byte {i}: {exception}");
        }
    }

    private static void AssertRefused(string what, string path, string message)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<WeightsFormatException>(() => PyTorchCheckpoint.Load(path));

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.True(taken < MostMemory, $"{what} took {taken:N0} bytes");
        Assert.False(File.Exists("harmed"), $"{what} was run");
    }

    private static ZipBytes Honest() => ZipBytes.Checkpoint(OneTensor("FloatStorage", 1, [1], [1]), ("0", FourBytes));

    private static byte[] OneTensor(string storage, long count, long[] shape, long[] strides, long offset = 0)
        => new PickleBytes().Dictionary(pairs => pairs.Text("x").Tensor(storage, "0", count, shape, strides, offset)).Stop();

    /// <summary>A pickle of <paramref name="count"/> openings and as many closings, but no longer than a pickle may be.</summary>
    private static byte[] Repeated(int count, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> closing)
    {
        var pickle = new MemoryStream();
        pickle.Write([0x80, 2]);
        for (var i = 0; i < count; i++)
            pickle.Write(opening);
        for (var i = 0; i < count; i++)
            pickle.Write(closing);
        pickle.Write("."u8);
        return pickle.ToArray();
    }

    /// <summary>A list that holds the one before twice: 2^levels elements if it were ever written out.</summary>
    private static byte[] Doubled(byte levels)
    {
        var pickle = new PickleBytes().Op(']').Op('q').Raw(0);
        for (byte level = 1; level <= levels; level++)
            pickle.Op(']').Op('q').Raw(level).Op('(').Op('h').Raw((byte)(level - 1)).Op('h').Raw((byte)(level - 1)).Op('e');
        return pickle.Stop();
    }

    private static byte[] Ring()
        => new PickleBytes().Global("models", "M").Op(')').Raw(0x81).Op('q').Raw(0)
            .Dictionary(fields => fields.Text("_modules").Dictionary(modules => modules.Text("0").Op('h').Raw(0)))
            .Op('b').Stop();

    /// <summary>A module with the same two children, which have the same two children: 2^levels modules if each were visited.</summary>
    private static byte[] ModuleBomb(byte levels)
    {
        var pickle = new PickleBytes().Global("models", "M").Op(')').Raw(0x81).Op('q').Raw(0);
        for (byte level = 1; level <= levels; level++)
        {
            pickle.Global("models", "M").Op(')').Raw(0x81).Op('q').Raw(level);
            pickle.Dictionary(fields => fields.Text("_modules").Dictionary(modules => modules.Text("0").Op('h').Raw((byte)(level - 1)).Text("1").Op('h').Raw((byte)(level - 1)))).Op('b');
        }

        return pickle.Stop();
    }

    /// <summary>Twenty thousand modules, each with the same dictionary of numbers.</summary>
    private static byte[] SharedFields()
    {
        var pickle = new PickleBytes().Op('}').Op('q').Raw(0).Op('(');
        for (var i = 0; i < 45_000; i++)
            pickle.Op('N').Op('N');
        pickle.Op('u').Op('0').Global("models", "M").Op(')').Raw(0x81);
        return pickle.Dictionary(fields => fields.Text("_modules").Dictionary(modules =>
        {
            for (var i = 0; i < 1_000; i++)
                modules.Text($"{i}").Object("models", "M", child => child.Text("_parameters").Op('h').Raw(0));
        })).Op('b').Stop();
    }

    /// <summary>One call after another on the same large arguments, each of which would copy them.</summary>
    private static byte[] Copies(string module, string name)
    {
        var pickle = new PickleBytes().Global(module, name).Op('q').Raw(0).Op('0').Op(']').Op('q').Raw(1).Op('(');
        for (var i = 0; i < 50_000; i++)
            pickle.Op('N').Op('N').Raw(0x86);
        pickle.Op('e').Raw(0x85).Op('q').Raw(2).Op('0');
        for (var i = 0; i < 600_000; i++)
            pickle.Op('h').Raw(0).Op('h').Raw(2).Op('R').Op('0');
        return pickle.Stop();
    }

    private static byte[] OverlappingPair()
    {
        // The second entry lies within the data of the first.
        var inner = new ZipBytes().Add("archive/data/0", FourBytes).ToArray()[..(30 + 14 + 4)];
        return new ZipBytes().Add("archive/data.pkl", inner).Add("archive/data/0", FourBytes, entry => entry with { Offset = 30 + 16 }).ToArray();
    }

    /// <summary>A hostile file, made when its turn comes, and what the error must say.</summary>
    private sealed record Case(string Name, Func<byte[]> Make, string Message);
}
