using System.Net.Http.Headers;
using System.Text.Json;

namespace WebDemo.Tests;

/// <summary>Requests and their answers, as a client sees them.</summary>
internal static class Answers
{
    public static async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> DetectAsync(
        this HttpClient client, byte[] bytes, string type = "image/png", string query = "")
    {
        using var content = new ByteArrayContent(bytes);
        if (type.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await SendAsync(client, content, query);
    }

    public static async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(this HttpClient client, HttpContent content, string query = "")
    {
        var response = await client.PostAsync("/v1/detect" + query, content);
        return ((int)response.StatusCode, await response.BodyAsync(), response);
    }

    public static MultipartFormDataContent Form(params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, bytes) in files)
            form.Add(new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "images", name);
        return form;
    }

    public static async Task<JsonElement> BodyAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Labels, scores and boxes.</summary>
    public static (string Label, float Score, float[] Box)[] Objects(this JsonElement image) => [.. image.GetProperty("objects").EnumerateArray().Select(item =>
    {
        var box = item.GetProperty("box");
        return (item.GetProperty("label").GetString()!, item.GetProperty("score").GetSingle(),
            new[] { "x0", "y0", "x1", "y1" }.Select(edge => box.GetProperty(edge).GetSingle()).ToArray());
    })];
}
