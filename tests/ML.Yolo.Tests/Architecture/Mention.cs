using Mono.Cecil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Something a type makes use of.</summary>
/// <param name="Type">The type as its author wrote it, without what the compiler nests in it.</param>
/// <param name="Member">The member that makes use of it; empty for the type's own declaration.</param>
/// <param name="Used">A type, method or field.</param>
internal sealed record Mention(TypeDefinition Type, string Member, MemberReference Used)
{
    /// <summary>Where it is, for people.</summary>
    public string Place => Member.Length == 0 ? Type.FullName : $"{Type.FullName}.{Member}";

    /// <summary>The types that it names: its own, its declaring type, and the arguments of all that is generic.</summary>
    /// <remarks>Of a method or field that is used its result's type counts too, for it may live on the stack alone. Parameters do not: what is passed to them has come from somewhere.</remarks>
    public IEnumerable<TypeReference> UsedTypes => Used switch
    {
        TypeReference type => Parts(type),
        GenericInstanceMethod method => Parts(method.DeclaringType).Concat(Parts(method.ReturnType)).Concat(method.GenericArguments.SelectMany(Parts)),
        MethodReference method => Parts(method.DeclaringType).Concat(Parts(method.ReturnType)),
        FieldReference item => Parts(item.DeclaringType).Concat(Parts(item.FieldType)),
        _ => [],
    };

    /// <summary>A type taken apart: List&lt;Box[]&gt; is List and Box.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericParameter => [],
        GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
        FunctionPointerType pointer => Parts(pointer.ReturnType).Concat(pointer.Parameters.SelectMany(parameter => Parts(parameter.ParameterType))),
        IModifierType modified => Parts(modified.ElementType).Concat(Parts(modified.ModifierType)),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
