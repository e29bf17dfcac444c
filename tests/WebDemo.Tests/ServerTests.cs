using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ML.Yolo.Tests;

namespace WebDemo.Tests;

/// <summary>The server under other limits than the usual, with clients that misbehave, and at its beginning and end.</summary>
public sealed class ServerTests(ExportedDetector model) : IClassFixture<ExportedDetector>
{
    private static readonly byte[] Picture = Pictures.Squares();

    [Fact]
    public async Task Detect_AsManyAtWorkAsMayBe_Is503WithRetryAfterUntilOneLeaves()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--max-requests", "1");
        var holding = await RawRequest.BeginAsync(server.Port, Picture.Length, Picture.AsMemory(0, 10));

        var busy = await server.Client.DetectAsync(Picture);

        Assert.Equal(503, busy.Status);
        Assert.Equal("1", Assert.Single(busy.Response.Headers.GetValues("Retry-After")));
        Assert.Equal("The server is busy", busy.Body.GetProperty("title").GetString());
        holding.Dispose();                                                               // an upload that ends early
        await Until(async () => (await server.Client.DetectAsync(Picture)).Status == 200);
    }

    [Fact]
    public async Task Detect_QueueOfTheBatcherIsFull_Is503ForThatRequestAlone()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--queue-capacity", "1", "--max-parts", "1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => server.Client.DetectAsync(Picture)));

        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 503));
        Assert.All(answers.Where(answer => answer.Status == 503), answer => Assert.NotNull(answer.Response.Headers.RetryAfter));
        Assert.Equal(200, (await server.Client.DetectAsync(Picture)).Status);
    }

    [Fact]
    public async Task Detect_SenderTooSlow_Is408AndOthersAreServed()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--upload-seconds", "1");
        using var slow = await RawRequest.BeginAsync(server.Port, Picture.Length, Picture.AsMemory(0, 10));

        Assert.Equal(200, (await server.Client.DetectAsync(Picture)).Status);
        Assert.StartsWith("HTTP/1.1 408", await slow.AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_ManyUploadsEndEarly_LeavesNothingBehind()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--max-requests", "4");

        for (var i = 0; i < 50; i++)
        {
            await Until(async () => (await server.Client.DetectAsync(Picture)).Status == 200);
            using var request = await RawRequest.BeginAsync(server.Port, Picture.Length, Picture.AsMemory(0, i * Picture.Length / 51));
        }

        await Until(async () => (await server.Client.DetectAsync(Picture)).Status == 200);
        var answers = new List<int>();
        for (var i = 0; i < 8; i++)
            answers.Add((await server.Client.DetectAsync(Picture)).Status);
        Assert.All(answers, status => Assert.Equal(200, status));
        Assert.DoesNotContain("Unhandled", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_ChunkedBodyAboveTheLimit_Is413()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--max-body-bytes", "100000");
        using var endless = new StreamContent(new MemoryStream(new byte[400_000])) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/detect") { Content = endless, Headers = { TransferEncodingChunked = true } };

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Detect_MoreThanMayBeAskedPerMinute_Is429WithRetryAfter()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--requests-per-minute", "2");

        var answers = new[] { await server.Client.DetectAsync(Picture), await server.Client.DetectAsync(Picture), await server.Client.DetectAsync(Picture) };

        Assert.Equal([200, 200, 429], answers.Select(answer => answer.Status));
        Assert.InRange(int.Parse(Assert.Single(answers[2].Response.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v1/model")).StatusCode);
    }

    [Fact]
    public async Task Key_IsSet_IsAskedForByTheApiAndNotByHealth()
    {
        const string Key = "a key of the tests' own";
        await using var server = await ServerProcess.StartAsync(model.Path, "--api-key", Key);

        var without = await server.Client.DetectAsync(Picture);
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", "another key altogether");
        var wrong = await server.Client.DetectAsync(Picture);
        server.Client.DefaultRequestHeaders.Remove("X-Api-Key");
        using var health = await server.Client.GetAsync("/healthz");
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var right = await server.Client.DetectAsync(Picture);

        Assert.Equal((401, 401, 200), (without.Status, wrong.Status, right.Status));
        Assert.Contains("X-Api-Key", without.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer", without.Response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:0", "--api-key")]
    [InlineData("--max-parts", "0", "--max-parts is 0")]
    [InlineData("--max-parts", "many", "many")]
    [InlineData("--modell", "model.zip", "'--modell' is not a switch")]
    public void Start_WrongSwitch_SaysWhatAndEnds(string name, string value, string message)
    {
        var (exitCode, output) = ChildProcess.Run("dotnet", ServerProcess.Program, "--model", model.Path, name, value);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NoModel_SaysHowToMakeOne()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = ChildProcess.RunIn(folder.Path, "dotnet", ServerProcess.Program, "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, exitCode);
        Assert.Contains("dotnet run -c Release --project samples/Quickstart", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_ModelOfLibTorch_SaysWhatToDo()
    {
        var (exitCode, output) = ChildProcess.Run("dotnet", ServerProcess.Program, "--model", model.Torch, "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, exitCode);
        Assert.Contains("ToOnnxRuntime", output, StringComparison.Ordinal);
        Assert.Contains("-p:UsesTorch=true", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_FileReplaced_ServesTheNewModelAndNeverFails()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.zip");
        File.Copy(model.Path, path);
        await using var server = await ServerProcess.StartAsync(path, "--reload-seconds", "0.1");
        using var stop = new CancellationTokenSource();
        var asking = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var statuses = new List<int>();
            while (!stop.IsCancellationRequested)
                statuses.Add((await server.Client.DetectAsync(Picture)).Status);
            return statuses;
        }));

        ExportedDetector.Save(path, classCount: 5);
        await Until(async () => await ClassCountAsync(server) == 5);
        await stop.CancelAsync();

        var answers = (await asking).SelectMany(statuses => statuses).ToArray();
        Assert.NotEmpty(answers);
        Assert.All(answers, status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task Reload_FileIsDamaged_KeepsTheOldModelUntilAGoodOneComes()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.zip");
        File.Copy(model.Path, path);
        await using var server = await ServerProcess.StartAsync(path, "--reload-seconds", "0.1");

        var bytes = await File.ReadAllBytesAsync(model.Path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
        await Until(() => Task.FromResult(server.Output.Contains("cannot be served; the model loaded before goes on", StringComparison.Ordinal)));
        var meanwhile = await server.Client.DetectAsync(Picture);
        ExportedDetector.Save(path, classCount: 5);
        await Until(async () => await ClassCountAsync(server) == 5);

        Assert.Equal(200, meanwhile.Status);
    }

    [Fact]
    public async Task Reload_KilledMeanwhile_StartsAgainWithTheNewModel()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.zip");
        File.Copy(model.Path, path);
        await using (var server = await ServerProcess.StartAsync(path, "--reload-seconds", "0.05"))
        {
            ExportedDetector.Save(path, classCount: 5);
            await server.Client.DetectAsync(Picture);
            server.Kill();
            await server.EndAsync();
        }

        await using var again = await ServerProcess.StartAsync(path);

        Assert.Equal(5, await ClassCountAsync(again));
        Assert.Equal(200, (await again.Client.DetectAsync(Picture)).Status);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [UnixFact]
    public async Task Stop_WhileAnUploadIsUnderWay_AnswersItAndEndsWell()
    {
        await using var server = await ServerProcess.StartAsync(model.Path, "--max-requests", "1");
        using var upload = await RawRequest.BeginAsync(server.Port, Picture.Length, Picture.AsMemory(0, 10));

        server.AskToStop();
        await Until(() => Task.FromResult(server.Output.Contains("Application is shutting down", StringComparison.Ordinal)));
        await upload.ContinueAsync(Picture.AsMemory(10));

        var answer = await upload.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\"objects\":[{", answer, StringComparison.Ordinal);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Detect_TenThousandTinyRequests_AreAllAnswered()
    {
        await using var server = await ServerProcess.StartAsync(model.Path);
        var counts = new Dictionary<int, int>();

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var (status, _, response) = await server.Client.DetectAsync([(byte)i, 1, 2, 3, 4]);
            response.Dispose();
            lock (counts)
                counts[status] = counts.GetValueOrDefault(status) + 1;
        });

        Assert.Equal(10_000, counts.Where(pair => pair.Key is 415 or 422 or 503).Sum(pair => pair.Value));
        Assert.Equal(200, (await server.Client.DetectAsync(Picture)).Status);
    }

    private static async Task<int> ClassCountAsync(ServerProcess server)
        => JsonSerializer.Deserialize<JsonElement>(await server.Client.GetStringAsync("/v1/model")).GetProperty("classes").GetArrayLength();

    private static async Task Until(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Delay(20);
    }
}
