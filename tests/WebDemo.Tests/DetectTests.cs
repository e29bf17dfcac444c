using System.Net;
using System.Text;
using System.Text.Json;
using ML.Yolo;
using SkiaSharp;

namespace WebDemo.Tests;

/// <summary>What POST /v1/detect answers, to good requests and to bad ones.</summary>
public sealed class DetectTests(RunningServer server) : IClassFixture<RunningServer>
{
    private HttpClient Client => server.Client;

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "application/octet-stream")]
    public async Task Detect_ImageAsBody_FindsWhatTheDetectorFinds(SKEncodedImageFormat format, string type)
    {
        var picture = Pictures.Squares(format: format);

        var (status, body, response) = await Client.DetectAsync(picture, type);

        Assert.Equal((200, "application/json"), (status, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal((160, 96), (body.GetProperty("width").GetInt32(), body.GetProperty("height").GetInt32()));
        AssertSame(server.Model.Detector.Detect(picture), body);
    }

    [Fact]
    public async Task Detect_PhotoStoredSideways_GivesBoxesOfThePictureAsShown()
    {
        var photo = Pictures.Sideways();
        var found = server.Model.Detector.Detect(photo);

        var (_, body, _) = await Client.DetectAsync(photo, "image/jpeg");

        Assert.Equal((160, 96), (found.Width, found.Height));
        Assert.Equal((96, 160), (body.GetProperty("width").GetInt32(), body.GetProperty("height").GetInt32()));
        AssertSame(found.ToUpright(), body);
    }

    [Fact]
    public async Task Detect_FormOfSeveral_AnswersInTheirOrder()
    {
        var pictures = Enumerable.Range(1, 3).Select(seed => Pictures.Squares(100 + seed, 80, seed: seed)).ToArray();
        using var form = Answers.Form([.. pictures.Select((bytes, i) => ($"picture {i}.png", bytes))]);

        var (status, body, _) = await Client.SendAsync(form);

        var images = body.GetProperty("images").EnumerateArray().ToArray();
        Assert.Equal((200, 3), (status, images.Length));
        for (var i = 0; i < images.Length; i++)
        {
            Assert.Equal($"picture {i}.png", images[i].GetProperty("name").GetString());
            AssertSame(server.Model.Detector.Detect(pictures[i]), images[i]);
        }
    }

    [Fact]
    public async Task Detect_ThresholdsInTheQuery_ReportsWhatTheyLetThrough()
    {
        var picture = Pictures.Squares();
        var (_, all, _) = await Client.DetectAsync(picture, query: "?score=0");
        var scores = all.Objects().Select(item => item.Score).ToArray();
        var middle = scores[scores.Length / 2];

        var (_, sure, _) = await Client.DetectAsync(picture, query: FormattableString.Invariant($"?score={middle}"));
        var (_, few, _) = await Client.DetectAsync(picture, query: "?score=0&max=2");
        var (_, overlapping, _) = await Client.DetectAsync(picture, query: "?score=0&iou=1&max=10000");

        Assert.Equal(scores.Where(score => score > middle), sure.Objects().Select(item => item.Score));
        Assert.Equal(scores.Take(2), few.Objects().Select(item => item.Score));
        Assert.True(overlapping.Objects().Length > scores.Length);
    }

    [Theory]
    [InlineData("?score=1.5", 400, "score")]
    [InlineData("?score=NaN", 400, "score")]
    [InlineData("?iou=-0.1", 400, "iou")]
    [InlineData("?max=0", 400, "max")]
    [InlineData("?max=many", 400, "max")]
    public async Task Detect_QueryOutOfRange_IsA400ThatNamesIt(string query, int expected, string name)
    {
        var (status, body, response) = await Client.DetectAsync(Pictures.Squares(), query: query);

        Assert.Equal((expected, "application/problem+json"), (status, response.Content.Headers.ContentType!.MediaType));
        Assert.Contains(name, body.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Detect_EmptyBody_IsA400() => AssertProblem(400, "no body", await Client.DetectAsync([]));

    [Theory]
    [InlineData("text/plain", "'text/plain'")]
    [InlineData("", "no content type")]
    public async Task Detect_OtherContentType_IsA415ThatNamesIt(string type, string detail)
        => AssertProblem(415, detail, await Client.DetectAsync(Pictures.Squares(), type));

    [Fact]
    public async Task Detect_UnknownFormat_IsA415() => AssertProblem(415, "unknown format", await Client.DetectAsync("<svg/> this is no image of the five"u8.ToArray()));

    [Fact]
    public async Task Detect_TruncatedImage_IsA422()
    {
        var jpeg = Pictures.Squares(format: SKEncodedImageFormat.Jpeg);

        AssertProblem(422, "its data ends before the picture does", await Client.DetectAsync(jpeg[..(jpeg.Length * 2 / 3)], "image/jpeg"));
    }

    [Fact]
    public async Task Detect_HeaderAloneOfAnImage_IsA422() => AssertProblem(422, "", await Client.DetectAsync(Pictures.Squares()[..20]));

    [Fact]
    public async Task Detect_DecompressionBomb_IsA413BeforeItIsDecoded()
    {
        var before = Memory();

        AssertProblem(413, "60000 × 60000 pixels", await Client.DetectAsync(Pictures.Bomb(60_000, 60_000)));

        Assert.True(Memory() - before < 1_000_000_000, "Three thousand million pixels would take gigabytes.");
    }

    [Fact]
    public async Task Detect_BodyAboveTheLimit_IsA413() => AssertProblem(413, "20000000 bytes", await Client.DetectAsync(new byte[20_000_001]));

    [Fact]
    public async Task Detect_FormWithADamagedPart_SaysWhichAndWhatIsWrong()
    {
        using var form = Answers.Form(("good.png", Pictures.Squares()), ("bad.png", Pictures.Squares()[..60]), ("good too.png", Pictures.Squares()));

        var answer = await Client.SendAsync(form);

        AssertProblem(422, "", answer);
        var part = answer.Body.GetProperty("part");
        Assert.Equal((1, "bad.png"), (part.GetProperty("index").GetInt32(), part.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Detect_FormWithAPartThatIsNoImage_IsA415ThatNamesThePart()
    {
        using var form = Answers.Form(("good.png", Pictures.Squares()));
        form.Add(new StringContent("hello", Encoding.UTF8, "text/plain"), "note", "note.txt");

        var answer = await Client.SendAsync(form);

        AssertProblem(415, "Part 1 has the content type 'text/plain", answer);
        Assert.Equal("note.txt", answer.Body.GetProperty("part").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Detect_FormWithTooManyParts_IsA413()
    {
        using var form = Answers.Form([.. Enumerable.Range(0, 17).Select(i => ($"{i}.png", Pictures.Squares(40, 40)))]);

        AssertProblem(413, "more than 16 parts", await Client.SendAsync(form));
    }

    [Fact]
    public async Task Detect_FormCutOff_IsA400()
    {
        var text = "--frontier\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nabc";

        AssertProblem(400, "The form cannot be read", await Client.DetectAsync(Encoding.ASCII.GetBytes(text), "multipart/form-data; boundary=frontier"));
    }

    [Fact]
    public async Task Detect_FormWithoutABoundary_IsA400() => AssertProblem(400, "no boundary", await Client.DetectAsync([1, 2, 3], "multipart/form-data"));

    [Fact]
    public async Task Detect_ManyAtOnce_EveryOneGetsItsOwnAnswer()
    {
        var pictures = Enumerable.Range(1, 40).Select(seed => Pictures.Squares(seed: seed)).ToArray();

        var answers = await Task.WhenAll(pictures.Select(picture => Client.DetectAsync(picture)));

        Assert.All(answers.Zip(pictures), pair =>
        {
            Assert.Equal(200, pair.First.Status);
            AssertSame(server.Model.Detector.Detect(pair.Second), pair.First.Body);
        });
    }

    [Fact]
    public async Task UnknownPath_IsProblemDetails()
    {
        using var response = await Client.GetAsync("/v1/nothing");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    private static void AssertProblem(int status, string detail, (int Status, JsonElement Body, HttpResponseMessage Response) answer)
    {
        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.Response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(status, answer.Body.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(answer.Body.GetProperty("title").GetString()));
        Assert.Contains(detail, answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static void AssertSame(ImageDetections expected, JsonElement found)
    {
        var objects = found.Objects();
        Assert.NotEmpty(objects);
        Assert.Equal(expected.Select(item => item.Label), objects.Select(item => item.Label));
        Assert.All(expected.Zip(objects), pair =>
        {
            var box = pair.First.Box;
            Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4f);
            Assert.All(new[] { box.X0, box.Y0, box.X1, box.Y1 }.Zip(pair.Second.Box), edge => Assert.Equal(edge.First, edge.Second, 0.01f));
        });
    }

    private long Memory()
    {
        using var process = System.Diagnostics.Process.GetProcessById(server.Process.Id);
        return process.PeakWorkingSet64;
    }
}
