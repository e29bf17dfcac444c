using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Reads all that the types of an assembly make use of: base types, interfaces, fields, signatures, generic arguments, locals, instructions, attributes.</summary>
internal static class Mentions
{
    /// <summary>The types as their authors wrote them: neither nested nor made by the compiler.</summary>
    public static IEnumerable<TypeDefinition> WrittenTypes(ModuleDefinition module)
        => module.Types.Where(type => !type.Name.StartsWith('<') && !type.CustomAttributes.Any(attribute => attribute.AttributeType.Name is "CompilerGeneratedAttribute" or "EmbeddedAttribute"));

    /// <summary>All that a type and those nested in it make use of.</summary>
    public static IEnumerable<Mention> Of(TypeDefinition type)
        => OfItself(type).Select(used => Named(new(type, "", used)))
            .Concat(type.Fields.SelectMany(field => OfField(field).Select(used => Named(new(type, field.Name, used)))))
            .Concat(type.Properties.SelectMany(property => OfAttributes(property).Select(used => Named(new(type, property.Name, used)))))
            .Concat(type.Events.SelectMany(item => OfAttributes(item).Prepend(item.EventType).Select(used => Named(new(type, item.Name, used)))))
            .Concat(type.Methods.SelectMany(method => OfMethod(method).Select(used => Named(new(type, method.Name, used)))))
            .Concat(type.NestedTypes.SelectMany(Of));

    /// <summary>What the attributes of an assembly, module, type, member or parameter make use of.</summary>
    public static IEnumerable<MemberReference> OfAttributes(ICustomAttributeProvider provider)
        => provider.CustomAttributes.SelectMany(attribute => attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument))
            .SelectMany(OfArgument).Prepend(attribute.Constructor));

    private static IEnumerable<MemberReference> OfItself(TypeDefinition type)
        => OfAttributes(type).Concat(OfGenericParameters(type))
            .Concat(type.BaseType is null ? [] : [type.BaseType])
            .Concat(type.Interfaces.SelectMany(implemented => OfAttributes(implemented).Prepend(implemented.InterfaceType)));

    private static IEnumerable<MemberReference> OfField(FieldDefinition field) => OfAttributes(field).Prepend(field.FieldType);

    private static IEnumerable<MemberReference> OfMethod(MethodDefinition method)
    {
        var signature = OfAttributes(method).Concat(OfAttributes(method.MethodReturnType)).Concat(OfGenericParameters(method))
            .Append(method.ReturnType)
            .Concat(method.Parameters.SelectMany(parameter => OfAttributes(parameter).Prepend(parameter.ParameterType)))
            .Concat(method.Overrides);
        if (!method.HasBody)
            return signature;
        return signature
            .Concat(method.Body.Variables.Select(local => local.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType).OfType<TypeReference>())
            .Concat(method.Body.Instructions.SelectMany(OfInstruction));
    }

    private static IEnumerable<MemberReference> OfInstruction(Instruction instruction) => instruction.Operand switch
    {
        MemberReference member => [member],
        CallSite call => call.Parameters.Select(parameter => parameter.ParameterType).Prepend(call.ReturnType),
        _ => [],
    };

    private static IEnumerable<MemberReference> OfGenericParameters(IGenericParameterProvider provider)
        => provider.GenericParameters.SelectMany(parameter => OfAttributes(parameter).Concat(parameter.Constraints.SelectMany(constraint => OfAttributes(constraint).Prepend(constraint.ConstraintType))));

    private static IEnumerable<MemberReference> OfArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [argument.Type, type],
        CustomAttributeArgument[] items => items.SelectMany(OfArgument).Prepend(argument.Type),
        CustomAttributeArgument boxed => OfArgument(boxed),
        _ => [argument.Type],
    };

    /// <summary>What the compiler nests (closures, iterators, state machines) goes by the method it was made of, &lt;Read&gt;d__5.MoveNext by Read.</summary>
    public static Mention Named(Mention mention)
    {
        var type = mention.Type;
        var member = WrittenName(mention.Member) is { Length: > 0 } written ? written : mention.Member;
        while (type.DeclaringType is not null && type.Name.StartsWith('<'))
        {
            member = WrittenName(type.Name) is { Length: > 0 } method ? method : member;
            type = type.DeclaringType;
        }

        return mention with { Type = type, Member = member };
    }

    private static string? WrittenName(string name) => name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 0 and var end ? name[1..end] : null;
}
