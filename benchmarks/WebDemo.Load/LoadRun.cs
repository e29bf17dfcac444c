using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace WebDemo.Load;

/// <summary>Callers that ask one thing after the other for a time, and what they were answered.</summary>
internal sealed class LoadRun(LoadedServer server, IReadOnlyList<byte[]> pictures, int callers)
{
    private static readonly TimeSpan HangUp = TimeSpan.FromMilliseconds(20);

    private readonly Mix _mix = new(pictures);
    private readonly ConcurrentBag<Answer> _answers = [];
    private readonly List<long> _memory = [];

    public async Task<LoadReport> RunAsync(TimeSpan time)
    {
        using var connections = new SocketsHttpHandler { MaxConnectionsPerServer = callers };
        using var client = new HttpClient(connections) { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
        var (clock, began) = (Stopwatch.StartNew(), ProcessorTimes());
        var calling = Task.WhenAll(Enumerable.Range(0, callers).Select(seed => Task.Run(() => CallAsync(client, new Random(seed), clock, time))));
        while (clock.Elapsed < time)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            if (server.IsRunning)
                _memory.Add(server.Memory);
        }

        await calling;
        var ended = server.IsRunning ? ProcessorTimes() : began;
        return new LoadReport([.. _answers], _memory, clock.Elapsed, server.IsRunning)
        {
            ServerTime = ended.Server - began.Server,
            CallerTime = ended.Callers - began.Callers,
        };
    }

    private (TimeSpan Server, TimeSpan Callers) ProcessorTimes()
    {
        using var own = Process.GetCurrentProcess();
        return (server.ProcessorTime, own.TotalProcessorTime);
    }

    private async Task CallAsync(HttpClient client, Random random, Stopwatch clock, TimeSpan time)
    {
        while (clock.Elapsed < time && server.IsRunning)
        {
            var upload = _mix.Next(random);
            var began = clock.Elapsed;
            var (status, retryAfter) = await AskAsync(client, upload);
            _answers.Add(new Answer(upload.Kind, status, clock.Elapsed - began));
            if (retryAfter is { } wait)
                await Task.Delay(wait);
        }
    }

    /// <returns>The status; 0 where the caller hung up, −1 where the connection broke.</returns>
    private static async Task<(int Status, TimeSpan? RetryAfter)> AskAsync(HttpClient client, Upload upload)
    {
        using var content = new ByteArrayContent(upload.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var hangUp = new CancellationTokenSource();
        if (upload.Kind == UploadKind.HangsUp)
            hangUp.CancelAfter(HangUp);
        try
        {
            using var response = await client.PostAsync("/v1/detect", content, hangUp.Token);
            return ((int)response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (hangUp.IsCancellationRequested)
        {
            return (0, null);
        }
        catch (HttpRequestException)
        {
            return (-1, null);
        }
    }
}
