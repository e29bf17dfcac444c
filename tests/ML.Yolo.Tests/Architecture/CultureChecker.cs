using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Finds texts made of numbers or times by the culture of the thread: 0.5 would be written 0,5 in Germany and ۰٫۵ in a browser's Persian.</summary>
/// <remarks>An <see cref="ArgumentOutOfRangeException"/> that is given the value writes it by the culture too; the message is to name it. Whole numbers without a format are let pass: only a negative one's sign differs. Values behind <see cref="object"/> or a type parameter may be anything and count.</remarks>
internal sealed class CultureChecker : IDisposable
{
    private static readonly HashSet<string> Fractions = ["System.Single", "System.Double", "System.Half", "System.Decimal"];
    private static readonly HashSet<string> Times = ["System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly"];
    private static readonly HashSet<string> Integers = ["System.SByte", "System.Byte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32", "System.Int64", "System.UInt64", "System.Int128", "System.UInt128"];

    private readonly ModuleDefinition _module;

    public CultureChecker(Stream assembly) => _module = ModuleDefinition.ReadModule(assembly);

    /// <summary>Opens an assembly beside this one.</summary>
    public static CultureChecker Open(string name) => new(new MemoryStream(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"))));

    public void Dispose() => _module.Dispose();

    /// <summary>Every such text in the code that people wrote.</summary>
    public IEnumerable<Violation> Find() => Mentions.WrittenTypes(_module).SelectMany(OfType).Distinct();

    private static IEnumerable<Violation> OfType(TypeDefinition type)
        => type.Methods.Where(method => method.HasBody && !IsMadeByTheCompiler(method)).SelectMany(OfMethod).Concat(type.NestedTypes.SelectMany(OfType));

    // A record's PrintMembers has no source. Closures and iterators are made by the compiler too, but of code that has one.
    private static bool IsMadeByTheCompiler(MethodDefinition method) => !method.Name.StartsWith('<') && method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    private static IEnumerable<Violation> OfMethod(MethodDefinition method)
    {
        var handlers = new Stack<bool>();                                                // of the interpolated strings around: has it a culture?
        TypeReference? constrained = null;
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.OpCode == OpCodes.Constrained)
                constrained = (TypeReference)instruction.Operand;
            if (instruction.Operand is not MethodReference called || instruction.OpCode.Code is not (Code.Call or Code.Callvirt or Code.Newobj))
                continue;
            if (IsHandler(called.DeclaringType) && called.Name == ".ctor")
                handlers.Push(called.Parameters.Any(parameter => parameter.ParameterType.Name == nameof(IFormatProvider)));
            else if (IsHandler(called.DeclaringType) && called.Name == "AppendFormatted" && handlers.TryPeek(out var hasCulture) && !hasCulture && Formatted(instruction, called) is { } type)
                yield return Found(method, $"{{{type}}} in an interpolated string");
            else if (called.Name == "ToStringAndClear" || called.Parameters.Any(parameter => parameter.ParameterType is ByReferenceType { ElementType: var element } && IsHandler(element)))
                handlers.TryPop(out _);
            else if (WithoutCulture(called, constrained) is { } use)
                yield return Found(method, use);
            constrained = null;
        }
    }

    private static Violation Found(MethodDefinition method, string use)
    {
        var place = new Mention(method.DeclaringType, method.Name, method);
        return new("depends on the culture", Mentions.Named(place).Place, use);
    }

    private static bool IsHandler(TypeReference type) => type.Name.EndsWith("InterpolatedStringHandler", StringComparison.Ordinal);

    private static string? Formatted(Instruction call, MethodReference append)
    {
        var type = append is GenericInstanceMethod generic ? generic.GenericArguments[0] : append.Parameters[0].ParameterType;
        var hasFormat = append.Parameters.Count > 1 && append.Parameters[^1].ParameterType.FullName == "System.String";
        var isHexadecimal = call.Previous.Operand is string and ['x' or 'X', ..];
        return DependsOnCulture(type) || (hasFormat && !isHexadecimal && Integers.Contains(Bare(type).FullName)) ? type.Name : null;
    }

    private static string? WithoutCulture(MethodReference called, TypeReference? constrained)
    {
        if (called.Parameters.Any(parameter => parameter.ParameterType.Name is nameof(IFormatProvider) or "CultureInfo"))
            return null;
        var (owner, name) = (constrained ?? called.DeclaringType, called.Name);
        if (name == "ToString" && (Fractions.Contains(owner.FullName) || Times.Contains(owner.FullName) || (Integers.Contains(owner.FullName) && called.Parameters.Count > 0)))
            return $"{owner.Name}.ToString";
        if (name is "Parse" or "TryParse" && (Fractions.Contains(owner.FullName) || Times.Contains(owner.FullName)))
            return $"{owner.Name}.{name}";
        if (owner.Name == nameof(ArgumentOutOfRangeException) && name == ".ctor" && called.Parameters.Count == 3)
            return $"the actual value of an {nameof(ArgumentOutOfRangeException)}";
        if (owner.Name == nameof(ArgumentOutOfRangeException) && called is GenericInstanceMethod)
            return $"{nameof(ArgumentOutOfRangeException)}.{name}";
        if (owner.FullName == "System.String" && name == "Format")
            return "String.Format";
        if (owner.FullName == "System.String" && name is "Join" or "Concat" && called is GenericInstanceMethod generic && DependsOnCulture(generic.GenericArguments[0]))
            return $"String.{name} of {generic.GenericArguments[0].Name}";
        return owner.FullName == "System.Text.StringBuilder" && name == "Append" && DependsOnCulture(called.Parameters[0].ParameterType) ? $"StringBuilder.Append of {called.Parameters[0].ParameterType.Name}" : null;
    }

    private static bool DependsOnCulture(TypeReference type)
        => Bare(type) is var bare && (bare is GenericParameter || bare.FullName == "System.Object" || Fractions.Contains(bare.FullName) || Times.Contains(bare.FullName));

    private static TypeReference Bare(TypeReference type) => type is GenericInstanceType { ElementType.Name: "Nullable`1" } nullable ? nullable.GenericArguments[0] : type;
}
