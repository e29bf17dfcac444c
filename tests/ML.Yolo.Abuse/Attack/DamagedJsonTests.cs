using System.Text.Json;
using System.Text.Json.Nodes;
using ML.Yolo.Persistence;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Attack;

/// <summary>Row 15 of the attack: null, wherever it stands in a model's JSON, is read as a value or refused by name.</summary>
public sealed class DamagedJsonTests
{
    [Fact]
    public void Read_NullAnywhere_IsReadOrRefusedByItsName()
    {
        using var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
        var whole = DetectorManifest.Of(detector).ToJson();
        var (read, refused) = (0, 0);
        foreach (var path in Paths(JsonNode.Parse(whole)!, []).ToList())
        {
            var json = JsonNode.Parse(whole)!;
            var parent = path[..^1].Aggregate(json, (node, key) => key is int index ? node[index]! : node[(string)key]!);
            if (path[^1] is int place)
                parent[place] = null;
            else
                parent[(string)path[^1]] = null;

            var exception = Record.Exception(() => DetectorManifest.Read(ModelManifest.Parse(JsonSerializer.SerializeToUtf8Bytes(json))));

            Assert.True(exception is null or WeightsFormatException, $"{string.Join('.', path)}: {exception}");
            (read, refused) = exception is null ? (read + 1, refused) : (read, refused + 1);
            if (path is [string name] && exception is not null)
                Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }

        Assert.True(read > 5 && refused > 50, $"{read} were read, {refused} refused");
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] above) => node switch
    {
        JsonObject map => map.SelectMany(entry => Below(entry.Value, [.. above, entry.Key])),
        JsonArray list => Enumerable.Range(0, list.Count).SelectMany(i => Below(list[i], [.. above, i])),
        _ => [],
    };

    private static IEnumerable<object[]> Below(JsonNode? node, object[] path) => node is null ? [path] : Paths(node, path).Prepend(path);
}
