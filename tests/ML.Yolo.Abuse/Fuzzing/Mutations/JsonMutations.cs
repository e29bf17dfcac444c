using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes of a JSON tree: values of other types, nulls, numbers beyond range, nesting, huge lists, keys twice.</summary>
internal static class JsonMutations
{
    // What no tree holds is written as a mark and put in afterwards.
    private const string Mark = "@raw@";

    /// <summary>One change of the tree; what is not JSON stays as it is.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        try
        {
            var root = JsonNode.Parse(input);
            var places = Places(root).ToList();
            if (places.Count == 0)
                return Encoding.UTF8.GetBytes(Raw(random));
            var raw = Put(places[random.Next(places.Count)], places[random.Next(places.Count)], random);
            var text = root!.ToJsonString();
            return Encoding.UTF8.GetBytes(raw is null ? text : text.Replace($"\"{Mark}\"", raw, StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return input;
        }
    }

    /// <summary>A value that is no tree of its own.</summary>
    public static string Raw(Random random) => random.Next(8) switch
    {
        0 or 1 or 2 => TextMutations.Numbers[random.Next(TextMutations.Numbers.Length)],
        3 => Nested("[", "]", random),
        4 => Nested("{\"a\":", "}", random).Replace("{\"a\":}", "{}", StringComparison.Ordinal),
        5 => $"[{string.Join(',', Enumerable.Repeat("0", random.Next(1, 50_000)))}]",
        6 => "{\"a\":1,\"a\":null}",
        _ => $"\"{new string('x', random.Next(1, 100_000))}\"",
    };

    private static string? Put((JsonNode Parent, object Key) place, (JsonNode Parent, object Key) other, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                Set(place, null);
                return null;
            case 1:
                Remove(place);
                return null;
            case 2:
                Set(place, Get(other)?.DeepClone());
                return null;
            case 3:
                Set(place, new JsonArray(Get(place)?.DeepClone()));
                return null;
            case 4 when place.Parent is JsonArray list:
                var item = Get(place);
                var times = Math.Min(random.Next(1, 1_000), (FuzzTarget.MaxLength / Math.Max(item?.ToJsonString().Length ?? 1, 1)) + 1);
                for (var i = 0; i < times; i++)
                    list.Add(item?.DeepClone());
                return null;
            case 5 when place.Parent is JsonObject map:
                map[Mark] = Get(place)?.DeepClone();
                return JsonSerializer.Serialize((string)place.Key);
            default:
                Set(place, Mark);
                return Raw(random);
        }
    }

    private static string Nested(string open, string close, Random random)
    {
        var depth = random.Next(3) == 0 ? random.Next(1_000, 100_000) : random.Next(2, 80);
        return string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node)
    {
        var keys = node switch
        {
            JsonObject map => map.Select(entry => (object)entry.Key),
            JsonArray list => Enumerable.Range(0, list.Count).Cast<object>(),
            _ => [],
        };
        return keys.ToList().SelectMany(key => Places(Get((node!, key))).Prepend((node!, key)));
    }

    private static JsonNode? Get((JsonNode Parent, object Key) place) => place.Key is string name ? place.Parent[name] : place.Parent[(int)place.Key];

    private static void Set((JsonNode Parent, object Key) place, JsonNode? value)
    {
        if (place.Key is string name)
            place.Parent[name] = value;
        else
            place.Parent[(int)place.Key] = value;
    }

    private static void Remove((JsonNode Parent, object Key) place)
    {
        if (place.Parent is JsonObject map)
            map.Remove((string)place.Key);
        else
            ((JsonArray)place.Parent).RemoveAt((int)place.Key);
    }
}
