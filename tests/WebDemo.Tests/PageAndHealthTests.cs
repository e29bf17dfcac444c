using System.Net;
using System.Text.Json;

namespace WebDemo.Tests;

/// <summary>What the server says of itself.</summary>
public sealed class PageAndHealthTests(RunningServer server) : IClassFixture<RunningServer>
{
    private HttpClient Client => server.Client;

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_WhileServing_IsOk(string path)
    {
        using var response = await Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Healthy", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Model_WhileServing_GivesClassesArchitectureSizeAndLimits()
    {
        var model = JsonSerializer.Deserialize<JsonElement>(await Client.GetStringAsync("/v1/model"));

        Assert.Equal(["class 0", "class 1", "class 2"], model.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(("yolov5n", "OnnxRuntime", 64), (model.GetProperty("architecture").GetString(), model.GetProperty("engine").GetString(), model.GetProperty("imageSize").GetInt32()));
        Assert.Equal((20_000_000, 16), (model.GetProperty("maxBodyBytes").GetInt32(), model.GetProperty("maxParts").GetInt32()));
    }

    [Fact]
    public async Task OpenApi_Document_DescribesBodiesQueryAndProblems()
    {
        var document = JsonSerializer.Deserialize<JsonElement>(await Client.GetStringAsync("/openapi/v1.json"));

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var detect = document.GetProperty("paths").GetProperty("/v1/detect").GetProperty("post");
        Assert.Equal(["iou", "max", "score"], detect.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!).Order());
        var bodies = detect.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(body => body.Name).ToArray();
        Assert.Contains("image/jpeg", bodies);
        Assert.Contains("multipart/form-data", bodies);
        Assert.Superset(new HashSet<string> { "200", "400", "401", "413", "415", "422", "429", "503" }, detect.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).ToHashSet());
        Assert.Equal(2, detect.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("oneOf").GetArrayLength());
        Assert.True(document.GetProperty("paths").TryGetProperty("/v1/model", out _));
    }

    [Fact]
    public async Task Metrics_AfterARequest_CountImagesBatchesAndRequests()
    {
        await Client.DetectAsync(Pictures.Squares());
        var text = "";

        // The exporter answers from its cache for a moment.
        while (!text.Contains("ml_yolo_images_scored", StringComparison.Ordinal))
            text = await Client.GetStringAsync("/metrics");

        Assert.Contains("ml_yolo_batch_size", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Root_IsHtmlThatRunsNothingButItsOwnFiles()
    {
        using var response = await Client.GetAsync("/");

        var page = await response.Content.ReadAsStringAsync();
        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Host_OfAnotherName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/model") { Headers = { Host = "elsewhere.example" } };

        using var response = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
