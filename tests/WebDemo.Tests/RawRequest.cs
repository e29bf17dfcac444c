using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WebDemo.Tests;

/// <summary>A request written by hand, so that it may stop anywhere.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _connection = new();
    private StreamReader? _answer;

    /// <summary>Sends the head of an upload, waits until the server asks for the body, and sends as much of it as given.</summary>
    public static async Task<RawRequest> BeginAsync(int port, int length, ReadOnlyMemory<byte> start)
    {
        var request = new RawRequest();
        await request._connection.ConnectAsync("127.0.0.1", port);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/detect HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\nContent-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        await request._connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        request._answer = new StreamReader(request._connection.GetStream(), Encoding.UTF8);
        Assert.StartsWith("HTTP/1.1 100", await request._answer.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await request._answer.ReadLineAsync());
        await request.ContinueAsync(start);
        return request;
    }

    public async Task ContinueAsync(ReadOnlyMemory<byte> rest) => await _connection.GetStream().WriteAsync(rest);

    /// <summary>The answer's first line and all after it.</summary>
    public async Task<string> AnswerAsync() => await _answer!.ReadToEndAsync();

    public void Dispose()
    {
        _answer?.Dispose();
        _connection.Dispose();
    }
}
