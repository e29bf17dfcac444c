using System.Buffers.Binary;
using System.Text;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

public sealed class SafetensorsTests
{
    [Fact]
    public void Load_SavedTensors_GivesTheirTypesShapesAndValues()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var saved = new Dictionary<string, Tensor>
        {
            ["half"] = randn(2, 3).to(ScalarType.Float16),
            ["brain"] = randn(4).to(ScalarType.BFloat16),
            ["single"] = randn(2, 3, 4),
            ["transposed"] = randn(3, 5).t(),
            ["scalar"] = tensor(5L),
            ["empty"] = zeros(0, 4),
            ["flags"] = tensor(new[] { true, false }),
        };

        Safetensors.Save(folder.File("weights.safetensors"), saved);
        var loaded = Safetensors.Load(folder.File("weights.safetensors"));

        Assert.Equal(saved.Keys, loaded.Keys);
        Assert.All(saved, entry => Assert.Equal(entry.Value.dtype, loaded[entry.Key].dtype));
        Assert.All(saved.Where(entry => entry.Value.numel() > 0), entry => TensorAssert.Equal(entry.Value, loaded[entry.Key]));
        Assert.Equal([0, 4], loaded["empty"].shape);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "holds 4 bytes of data; its header describes 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes; its offsets span 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4,4],"data_offsets":[0,0]}}""", 0, "its offsets span 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "a size or offset of -1")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", 4, "has type 'Q4'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at byte 4; byte 0 was expected")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "damaged safetensors header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "its offsets span 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "has 17 numbers in 'shape'; at most 16 were expected")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""", 4, "at most 2147483647 can be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "holds 'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":{"0":1},"data_offsets":[0,4]}}""", 4, "damaged safetensors header")]
    [InlineData("""{"a":1}""", 0, "damaged safetensors header")]
    [InlineData("""[1, 2""", 0, "damaged safetensors header")]
    [InlineData("""[]""", 0, "damaged safetensors header")]
    public void Load_HeaderThatLies_SaysHow(string header, int dataLength, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("bad.safetensors"), Bytes(header, header.Length, dataLength));

        var exception = Assert.Throws<WeightsFormatException>(() => Safetensors.Load(folder.File("bad.safetensors")));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Load_HeaderLengthBeyondTheFile_IsRefusedBeforeMemoryIsTaken(long claimed)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("bad.safetensors"), Bytes("{}", claimed, 0));

        var exception = Assert.Throws<WeightsFormatException>(() => Safetensors.Load(folder.File("bad.safetensors")));

        Assert.Contains("claims a header of", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Load_HeaderNestedHalfAMillionTimes_IsRefused(string opening, string closing)
    {
        using var folder = new TemporaryFolder();
        var header = string.Concat(Enumerable.Repeat(opening, 500_000)) + "1" + string.Concat(Enumerable.Repeat(closing, 500_000));
        File.WriteAllBytes(folder.File("bad.safetensors"), Bytes(header, header.Length, 0));

        var exception = Assert.Throws<WeightsFormatException>(() => Safetensors.Load(folder.File("bad.safetensors")));

        Assert.Contains("damaged safetensors header", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HeaderOfTwoMillionNumbers_IsRefusedWithoutAHundredMegabytes()
    {
        using var folder = new TemporaryFolder();
        var header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + string.Join(",", Enumerable.Repeat("1", 2_000_000)) + "],\"data_offsets\":[0,4]}}";
        File.WriteAllBytes(folder.File("bad.safetensors"), Bytes(header, header.Length, 4));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<WeightsFormatException>(() => Safetensors.Load(folder.File("bad.safetensors")));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void Load_FileCutOffAnywhere_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Safetensors.Save(folder.File("whole.safetensors"), new Dictionary<string, Tensor> { ["a"] = ones(3), ["b"] = ones(2) });
        var whole = File.ReadAllBytes(folder.File("whole.safetensors"));

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.File("cut.safetensors"), whole[..length]);
            Assert.Throws<WeightsFormatException>(() => Safetensors.Load(folder.File("cut.safetensors")));
        }
    }

    [Fact]
    public void Save_FolderThatIsAFile_LeavesNothingBehind()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("weights.safetensors"));

        Assert.ThrowsAny<Exception>(() => Safetensors.Save(folder.File("weights.safetensors"), new Dictionary<string, Tensor> { ["a"] = zeros(1) }));

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static byte[] Bytes(string header, long claimedLength, int dataLength)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claimedLength);
        Encoding.UTF8.GetBytes(header).CopyTo(bytes, 8);
        return bytes;
    }
}
