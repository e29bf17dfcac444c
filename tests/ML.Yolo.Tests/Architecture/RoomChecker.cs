using Mono.Cecil;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Compares the rooms of a compiled assembly with <see cref="RoomTable"/>.</summary>
internal sealed class RoomChecker : IDisposable
{
    private const string SourceFolder = "/src/ML.Yolo/";

    private readonly ModuleDefinition _module;
    private readonly Dictionary<TypeDefinition, string?> _rooms;

    /// <param name="assembly">The assembly.</param>
    /// <param name="symbols">Its portable PDB.</param>
    public RoomChecker(Stream assembly, Stream symbols)
    {
        var sources = TypeSources.Read(assembly, symbols);
        assembly.Position = 0;
        _module = ModuleDefinition.ReadModule(assembly);
        _rooms = Mentions.WrittenTypes(_module).ToDictionary(type => type, type => RoomOf(type, sources));
    }

    /// <summary>Opens an assembly beside this one.</summary>
    public static RoomChecker Open(string name)
        => new(new MemoryStream(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"))), new MemoryStream(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, $"{name}.pdb"))));

    public void Dispose() => _module.Dispose();

    /// <summary>The rooms that have a type.</summary>
    public IEnumerable<string> Rooms => _rooms.Values.OfType<string>().Distinct();

    /// <summary>The room of a type by its full name; null where it is in none, or is not there.</summary>
    public string? RoomOf(string fullName) => _rooms.SingleOrDefault(entry => entry.Key.FullName == fullName).Value;

    /// <summary>Types whose files lie in no folder of the table, or in two rooms.</summary>
    public IEnumerable<Violation> UnknownTypes() => _rooms.Where(entry => entry.Value is null).Select(entry => new Violation("no room of the table", entry.Key.FullName, "its source file"));

    /// <summary>Every use of one room by another.</summary>
    public IEnumerable<(string From, string To, Violation Use)> Arrows()
        => from entry in _rooms
           where entry.Value is not null
           from mention in Mentions.Of(entry.Key)
           from used in mention.UsedTypes
           let room = RoomOf(used)
           where room is not null && room != entry.Value
           select (entry.Value, room, new Violation($"{entry.Value} → {room}", mention.Place, Text(mention.Used, used)));

    /// <summary>Every use that is not in the table.</summary>
    public IEnumerable<Violation> ForbiddenArrows() => Arrows().Where(arrow => !RoomTable.Allows(arrow.From, arrow.To)).Select(arrow => arrow.Use).Distinct();

    /// <summary>Every circle of rooms, by a use per arrow.</summary>
    public IEnumerable<Violation> Circles()
    {
        var arrows = Arrows().GroupBy(arrow => (arrow.From, arrow.To)).ToDictionary(group => group.Key, group => group.First().Use);
        var next = arrows.Keys.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var seen = new HashSet<string>();
        foreach (var room in arrows.Keys.Select(arrow => arrow.From).Distinct().Order(StringComparer.Ordinal))
        {
            if (ShortestCircle(room, next) is not { } circle || !seen.Add(string.Join(" ", circle.Order(StringComparer.Ordinal))))
                continue;
            var name = string.Join(" → ", circle.Append(room));
            foreach (var (from, to) in circle.Zip(circle.Skip(1).Append(room)))
                yield return arrows[(from, to)] with { Rule = $"circle {name}" };
        }
    }

    private static List<string>? ShortestCircle(string start, ILookup<string, string> next)
    {
        var from = new Dictionary<string, string>();
        var waiting = new Queue<string>([start]);
        while (waiting.TryDequeue(out var room))
        {
            foreach (var neighbour in next[room])
            {
                if (neighbour == start)
                    return [.. Way(room, start, from).Reverse()];
                if (from.TryAdd(neighbour, room))
                    waiting.Enqueue(neighbour);
            }
        }

        return null;
    }

    private static IEnumerable<string> Way(string end, string start, Dictionary<string, string> from)
    {
        for (; end != start; end = from[end])
            yield return end;
        yield return start;
    }

    private static string? RoomOf(TypeDefinition type, ILookup<int, string> sources)
    {
        var paths = Family(type).SelectMany(member => sources[(int)member.MetadataToken.RID])
            .Select(path => path.LastIndexOf(SourceFolder, StringComparison.Ordinal) is >= 0 and var start ? path[(start + SourceFolder.Length)..] : null)
            .OfType<string>();
        return paths.Select(RoomTable.RoomOf).Distinct().ToList() is [var room] ? room : null;
    }

    private static IEnumerable<TypeDefinition> Family(TypeDefinition type) => type.NestedTypes.SelectMany(Family).Prepend(type);

    private string? RoomOf(TypeReference used)
    {
        while (used.DeclaringType is not null)
            used = used.DeclaringType;
        return used.Scope == _module && used.Resolve() is { } type ? _rooms.GetValueOrDefault(type) : null;
    }

    private static string Text(MemberReference used, TypeReference type) => used is TypeReference ? type.FullName : $"{used.DeclaringType.Name}.{used.Name}{(used.DeclaringType.GetElementType() == type ? "" : $" ({type.Name})")}";
}
