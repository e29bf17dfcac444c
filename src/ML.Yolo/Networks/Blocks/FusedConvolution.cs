using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Networks;

/// <summary>Convolution, bias and SiLU as one operation of oneDNN, which LibTorch has on CPUs but TorchSharp gives no name.</summary>
/// <remarks>
/// TorchScript can name it: one line of it is written into an archive here and loaded. Where LibTorch was built without oneDNN, as on Apple's processors,
/// there is no such operation, and three are used instead.
/// </remarks>
internal sealed class FusedConvolution
{
    private const string Source = """
        class Fused(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def forward(self: __torch__.Fused,
            x: Tensor,
            weight: Tensor,
            bias: Optional[Tensor],
            padding: int,
            stride: int,
            groups: int) -> Tensor:
            scalars = annotate(List[Optional[number]], [])
            return ops.mkldnn._convolution_pointwise(x, weight, bias, [padding, padding], [stride, stride], [1, 1], groups, "swish", scalars, "")
          def pack(self: __torch__.Fused,
            weight: Tensor,
            padding: int,
            stride: int,
            groups: int,
            x: Tensor) -> Tensor:
            return ops.mkldnn._reorder_convolution_weight(weight, [padding, padding], [stride, stride], [1, 1], groups, torch.size(x))

        """;

    // Pickles: an object of the class above whose one field is false, and an empty tuple of constants.
    private static readonly byte[] Data = [0x80, 2, .. "c__torch__\nFused\n)"u8, 0x81, .. "}X\u0008\0\0\0training"u8, 0x89, .. "sb."u8];
    private static readonly byte[] Constants = [0x80, 2, .. ")."u8];
    private static readonly Lazy<FusedConvolution?> Shared = new(Load);

    private readonly jit.ScriptModule _module;

    private FusedConvolution(jit.ScriptModule module) => _module = module;

    /// <summary>The operation; null where there is none.</summary>
    public static FusedConvolution? Instance => Shared.Value;

    /// <summary>Whether it takes an input: single precision on the CPU.</summary>
    public static bool CanRun(Tensor input) => input.device.type == DeviceType.CPU && input.dtype == ScalarType.Float32;

    /// <summary>SiLU of a convolution.</summary>
    /// <param name="input">(B, C₁, H, W).</param>
    /// <param name="weight">(C₂, C₁ / groups, K, K).</param>
    /// <param name="bias">(C₂).</param>
    /// <param name="shape">Padding, stride and groups, which the caller holds until the call is over.</param>
    public Tensor Run(Tensor input, Tensor weight, Tensor bias, (Scalar Padding, Scalar Stride, Scalar Groups) shape)
        => (Tensor)_module.invoke("forward", input, weight, bias, shape.Padding, shape.Stride, shape.Groups);

    /// <summary>Weights in the order that the processor's convolution wants them in, which otherwise it makes in each call.</summary>
    /// <param name="weight">(C₂, C₁ / groups, K, K).</param>
    /// <param name="shape">Padding, stride and groups, which the caller holds until the call is over.</param>
    /// <param name="input">(B, C₁, H, W): the order depends on the size. Inputs of others are convolved too, with what it takes to reorder.</param>
    public Tensor Pack(Tensor weight, (Scalar Padding, Scalar Stride, Scalar Groups) shape, Tensor input)
        => (Tensor)_module.invoke("pack", weight, shape.Padding, shape.Stride, shape.Groups, input);

    private static FusedConvolution? Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        var path = Path.Combine(Path.GetTempPath(), $"ml-yolo-{Guid.NewGuid():N}.pt");
        try
        {
            using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
            {
                Write(archive, "fused/data.pkl", Data);
                Write(archive, "fused/code/__torch__.py", Encoding.ASCII.GetBytes(Source));
                Write(archive, "fused/constants.pkl", Constants);
                Write(archive, "fused/version", "3\n"u8);
            }

            return new FusedConvolution(jit.load(path));
        }
        catch (Exception exception) when (exception is ExternalException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Write(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
