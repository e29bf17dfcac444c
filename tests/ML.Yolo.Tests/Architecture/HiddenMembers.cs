using Mono.Cecil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Finds uses of what ML.NET keeps to itself. The library is compiled against copies of its assemblies with everything public, so the real ones are asked.</summary>
internal sealed class HiddenMembers : IDisposable
{
    private const string Vendor = "Microsoft.ML";

    private readonly DefaultAssemblyResolver _resolver = new();
    private readonly ModuleDefinition _module;

    /// <param name="assembly">The assembly to look into.</param>
    public HiddenMembers(Stream assembly)
    {
        _resolver.AddSearchDirectory(AppContext.BaseDirectory);
        _module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { AssemblyResolver = _resolver });
    }

    /// <summary>Opens an assembly beside this one.</summary>
    public static HiddenMembers Open(string name) => new(new MemoryStream(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"))));

    public void Dispose()
    {
        _module.Dispose();
        _resolver.Dispose();
    }

    /// <summary>Every use of a member of ML.NET that is not public, nor protected where the user derives from it, by types and by the attributes of the assembly.</summary>
    public IEnumerable<(TypeDefinition? By, Violation Use)> Uses()
        => Mentions.OfAttributes(_module.Assembly).Select(used => (By: (TypeDefinition?)null, Place: $"[assembly] of {_module.Assembly.Name.Name}", Used: used))
            .Concat(Mentions.WrittenTypes(_module).SelectMany(Mentions.Of).Select(mention => (By: (TypeDefinition?)mention.Type, mention.Place, mention.Used)))
            .SelectMany(use => Hidden(use.Used).Select(hidden => (use.By, new Violation($"non-public in {hidden.Assembly}", use.Place, hidden.Name))))
            .Distinct();

    private static IEnumerable<(string Assembly, string Name)> Hidden(MemberReference used)
    {
        var types = new Mention(null!, "", used).UsedTypes.Where(type => IsVendors(type) && !IsVisible(Resolve(type))).Select(type => (type.Scope.Name, type.FullName));
        if (used is TypeReference || !IsVendors(used.DeclaringType.GetElementType()))
            return types;
        var isVisible = used switch
        {
            MethodReference method => Resolve(method) is { IsAssembly: false, IsFamilyAndAssembly: false, IsPrivate: false },
            FieldReference field => Resolve(field) is { IsAssembly: false, IsFamilyAndAssembly: false, IsPrivate: false },
            _ => true,
        };
        return isVisible ? types : types.Append((used.DeclaringType.GetElementType().Scope.Name, $"{used.DeclaringType.Name}.{used.Name}"));
    }

    private static bool IsVendors(TypeReference type) => type.Scope is AssemblyNameReference { Name: var name } && name.StartsWith(Vendor, StringComparison.Ordinal);

    private static bool IsVisible(TypeDefinition type)
        => type.DeclaringType is null ? type.IsPublic : (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly) && IsVisible(type.DeclaringType);

    private static TypeDefinition Resolve(TypeReference type) => type.Resolve() ?? throw new InvalidOperationException($"{type.FullName} is not in {type.Scope.Name}.");

    private static MethodDefinition Resolve(MethodReference method) => method.Resolve() ?? throw new InvalidOperationException($"{method.FullName} is not there.");

    private static FieldDefinition Resolve(FieldReference field) => field.Resolve() ?? throw new InvalidOperationException($"{field.FullName} is not there.");
}
