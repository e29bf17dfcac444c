using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>
/// No code of the library has TorchSharp make numbers that nothing holds while LibTorch reads them: <c>tensor + 1f</c>, <c>tensor.clamp(0)</c>, and what does
/// so within TorchSharp, such as the sum of two tensors. Arithmetic with numbers has one place, which holds them.
/// </summary>
public sealed class ScalarTests
{
    private const string Scalar = "TorchSharp.Scalar";
    private const string Conversion = "op_Implicit";

    private static readonly string[] Holders = ["ML.Yolo.Tensors.Arithmetic", "ML.Yolo.Training.WeightUpdate", "ML.Yolo.Networks.FusedConvolution"];

    [Theory]
    [InlineData("ML.Yolo.dll")]
    [InlineData("ML.Yolo.Onnx.dll")]
    [InlineData("mlyolo.dll")]
    public void Library_NumbersForLibTorch_AreHeldWhileItReadsThem(string name)
    {
        using var torch = Open("TorchSharp.dll");
        using var library = Open(name);
        var makers = Makers(torch);

        var found = library.GetTypes().Where(type => !Holders.Contains(Outer(type).FullName)).SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => Called(method).Where(call => IsConversion(call) || makers.Contains(Name(call))).Select(call => $"{method.FullName}: {call.Name}"));

        Assert.Empty(found.Distinct());
        Assert.Contains("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", makers);
    }

    /// <summary>Methods of TorchSharp that make a number, or call one that does. What reads one number of a tensor makes one too.</summary>
    private static HashSet<string> Makers(ModuleDefinition torch)
    {
        var calls = torch.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody)
            .ToDictionary(method => method.FullName, method => Called(method).Select(call => IsMade(call, method) ? Scalar : Name(call)).ToHashSet());
        var makers = new HashSet<string> { Scalar };
        while (calls.Where(entry => entry.Value.Overlaps(makers)).Select(entry => entry.Key).Where(makers.Add).ToList().Count > 0)
        {
            // Until none calls one that does.
        }

        return makers;
    }

    private static bool IsMade(MethodReference call, MethodDefinition by)
        => IsConversion(call) || call.Name == "ToScalar" || (call.Name == ".ctor" && call.DeclaringType.FullName == Scalar && by.DeclaringType.Name != "ScalarExtensionMethods");

    private static bool IsConversion(MethodReference call) => call.DeclaringType.FullName == Scalar && call.Name == Conversion;

    private static IEnumerable<MethodReference> Called(MethodDefinition method)
        => method.Body.Instructions.Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn).Select(instruction => instruction.Operand).OfType<MethodReference>();

    private static string Name(MethodReference method) => (method is GenericInstanceMethod generic ? generic.ElementMethod : method).FullName;

    private static TypeDefinition Outer(TypeDefinition type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static ModuleDefinition Open(string name) => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name));
}
