using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

public sealed class PyTorchCheckpointTests
{
    private static readonly float[] Numbers = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Load_StateDictionary_GivesNamesShapesAndValues()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var pickle = new PickleBytes().Global("collections", "OrderedDict").Op(')').Op('R').Op('(')
            .Text("a.weight").Tensor("FloatStorage", "0", 6, [2, 3], [3, 1])
            .Text("a.bias").Tensor("FloatStorage", "0", 6, [2], [1], offset: 4)
            .Text("t").Tensor("FloatStorage", "0", 6, [3, 2], [1, 3])
            .Op('u').Stop();

        var tensors = PyTorchCheckpoint.Load(ZipBytes.Checkpoint(pickle, ("0", Bytes(Numbers))).Save(folder));

        Assert.Equal(["a.weight", "a.bias", "t"], tensors.Keys);
        TensorAssert.Equal(tensor(Numbers).view(2, 3), tensors["a.weight"]);
        TensorAssert.Equal(tensor(new float[] { 5, 6 }), tensors["a.bias"]);
        TensorAssert.Equal(tensor(Numbers).view(2, 3).t(), tensors["t"]);
    }

    [Theory]
    [InlineData("HalfStorage", ScalarType.Float16, new byte[] { 0x00, 0x3e }, 1.5)]
    [InlineData("BFloat16Storage", ScalarType.BFloat16, new byte[] { 0xc0, 0x3f }, 1.5)]
    [InlineData("FloatStorage", ScalarType.Float32, new byte[] { 0, 0, 0xc0, 0x3f }, 1.5)]
    [InlineData("DoubleStorage", ScalarType.Float64, new byte[] { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f }, 1.5)]
    [InlineData("LongStorage", ScalarType.Int64, new byte[] { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, -2)]
    public void Load_EveryElementType_KeepsTypeAndValue(string storage, ScalarType type, byte[] bytes, double value)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var pickle = new PickleBytes().Dictionary(pairs => pairs.Text("x").Tensor(storage, "0", 1, [1], [1])).Stop();

        var loaded = PyTorchCheckpoint.Load(ZipBytes.Checkpoint(pickle, ("0", bytes)).Save(folder))["x"];

        Assert.Equal(type, loaded.dtype);
        Assert.Equal(value, loaded.to(ScalarType.Float64).item<double>());
    }

    [Fact]
    public void Load_ModuleTree_GivesParametersAndPersistentBuffersUnderTheirPaths()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var pickle = new PickleBytes().Dictionary(root => root
            .Text("epoch").Integer(7)
            .Text("ema").Op('N')
            .Text("model").Object("models.yolo", "DetectionModel", model => model
                .Text("_modules").Dictionary(modules => modules.Text("0").Object("models.common", "Conv", layer => layer
                    .Text("_parameters").Dictionary(parameters => parameters.Text("weight").Tensor("FloatStorage", "0", 6, [6], [1]).Text("bias").Op('N'))
                    .Text("_buffers").Dictionary(buffers => buffers.Text("mean").Tensor("FloatStorage", "0", 6, [], [], offset: 2).Text("scratch").Tensor("FloatStorage", "0", 6, [1], [1]))
                    .Text("_non_persistent_buffers_set").Global("__builtin__", "set").Op(']').Text("scratch").Op('a').Raw(0x85).Op('R'))))
            .Text("optimizer").Object("os", "system", state => state.Text("x").Tensor("FloatStorage", "missing", 6, [6], [1]))).Stop();

        var tensors = PyTorchCheckpoint.Load(ZipBytes.Checkpoint(pickle, ("0", Bytes(Numbers))).Save(folder));

        Assert.Equal(["0.weight", "0.mean"], tensors.Keys);
        Assert.Equal(3, tensors["0.mean"].item<float>());
    }

    [Fact]
    public void Load_AveragedWeightsBesideTheModel_TakesTheAverage()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var pickle = new PickleBytes().Dictionary(root => root
            .Text("model").Dictionary(state => state.Text("x").Tensor("FloatStorage", "0", 6, [1], [1]))
            .Text("ema").Dictionary(state => state.Text("x").Tensor("FloatStorage", "0", 6, [1], [1], offset: 5))).Stop();

        Assert.Equal(6, PyTorchCheckpoint.Load(ZipBytes.Checkpoint(pickle, ("0", Bytes(Numbers))).Save(folder))["x"].item<float>());
    }

    [Fact]
    public void Load_TensorsOfOneStorage_ShareItsMemory()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var pickle = new PickleBytes().Dictionary(pairs => pairs.Text("a").Tensor("FloatStorage", "0", 6, [6], [1]).Text("b").Tensor("FloatStorage", "0", 6, [6], [1])).Stop();

        var tensors = PyTorchCheckpoint.Load(ZipBytes.Checkpoint(pickle, ("0", Bytes(Numbers))).Save(folder));
        tensors["a"].fill_(9);

        Assert.Equal(9, tensors["b"].sum().item<float>() / 6);
    }

    [Fact]
    public void Load_FileThatIsNotThere_SaysWhich()
        => Assert.Contains("nowhere.pt", Assert.Throws<FileNotFoundException>(() => PyTorchCheckpoint.Load("nowhere.pt")).Message, StringComparison.Ordinal);

    private static byte[] Bytes(float[] numbers) => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
}
