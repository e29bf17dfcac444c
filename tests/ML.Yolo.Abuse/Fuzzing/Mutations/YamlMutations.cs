using System.Text;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>What YAML has beyond names and values: anchors, aliases, keys that are maps, tags, merges, documents, nesting.</summary>
internal static class YamlMutations
{
    /// <summary>Puts a construct where a value, or a line, begins.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        var text = Encoding.Latin1.GetString(input);
        var places = Enumerable.Range(0, text.Length).Where(i => text[i] == '\n' || (text[i] == ':' && i + 1 < text.Length && text[i + 1] == ' ')).ToList();
        var at = places.Count == 0 ? 0 : Math.Min(places[random.Next(places.Count)] + 1, text.Length);
        return Encoding.Latin1.GetBytes(text.Insert(at, Construct(random)));
    }

    private static string Construct(Random random)
    {
        var depth = random.Next(3) == 0 ? random.Next(1_000, 50_000) : random.Next(2, 100);
        return random.Next(14) switch
        {
            0 => "? &a [ *a ]\n: x\n",
            1 => " &a ",
            2 => " *a ",
            3 => "<<: *a\n",
            4 => Repeat("[", depth) + (random.Next(2) == 0 ? Repeat("]", depth) : ""),
            5 => Repeat("{a: ", depth) + (random.Next(2) == 0 ? Repeat("}", depth) : ""),
            6 => Repeat("- ", Math.Min(depth, 2_000)),
            7 => Repeat("? ", Math.Min(depth, 2_000)) + "a\n",
            8 => "!!python/object/apply:os.system [true]\n",
            9 => "\n---\nnames: [b]\n...\n",
            10 => "|2-\n    text\n  more\n",
            11 => "%YAML 9.9\n%TAG ! tag:x,2000:\n---\n",
            12 => "\t\n",
            _ => "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: {? *c : *c}\n",
        };
    }

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
