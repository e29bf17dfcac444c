using System.Text;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>What XML has beyond elements: document types, entities, nesting, attributes by the thousand, encodings.</summary>
internal static class XmlMutations
{
    private const string Bomb = """
        <!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;&y;&y;">]>
        """;

    /// <summary>Puts a construct before an element, or changes an element's value.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        var text = Encoding.Latin1.GetString(input);
        var places = Enumerable.Range(0, text.Length).Where(i => text[i] == '<').ToList();
        var at = places.Count == 0 ? 0 : places[random.Next(places.Count)];
        return Encoding.Latin1.GetBytes(text.Insert(at, Construct(random)));
    }

    private static string Construct(Random random)
    {
        var depth = random.Next(3) == 0 ? random.Next(1_000, 50_000) : random.Next(2, 64);
        return random.Next(11) switch
        {
            0 => Bomb,
            1 => "<!DOCTYPE a SYSTEM \"file:///etc/hostname\">",
            2 => "&z;",
            3 => "<object>" + Repeat("<part>", depth),
            4 => Repeat("<object><name>a</name>", Math.Min(depth, 2_000)),
            5 => $"<x {string.Join(' ', Enumerable.Range(0, Math.Min(depth, 5_000)).Select(i => $"a{i}='1'"))}/>",
            6 => TextMutations.Numbers[random.Next(TextMutations.Numbers.Length)],
            7 => "<?xml version=\"1.0\" encoding=\"utf-16\"?>",
            8 => "<bndbox><xmin>NaN</xmin><ymin>1e999</ymin><xmax>-1e300</xmax><ymax>1e39</ymax></bndbox>",
            9 => "<size><width>99999999999</width><height>-3</height></size>",
            _ => "<!--" + Repeat("-", depth) + "-->",
        };
    }

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
