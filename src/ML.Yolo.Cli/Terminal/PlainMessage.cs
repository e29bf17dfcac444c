namespace ML.Yolo.Cli.Terminal;

/// <summary>What an exception says, without what .NET adds for programmers.</summary>
internal static class PlainMessage
{
    /// <summary>The message.</summary>
    public static string Of(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: [var inner] })
            return Of(inner);
        var message = exception.Message;
        if (exception is not ArgumentException { ParamName: { } parameter })
            return message;
        var end = message.IndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal);
        return end > 0 ? message[..end] : message;
    }
}
