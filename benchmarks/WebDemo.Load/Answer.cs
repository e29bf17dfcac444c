namespace WebDemo.Load;

/// <summary>How a request ended.</summary>
/// <param name="Kind">What was sent.</param>
/// <param name="Status">The answer's; 0 where the caller hung up, −1 where the connection broke.</param>
/// <param name="Time">From the first byte sent to the answer.</param>
internal sealed record Answer(UploadKind Kind, int Status, TimeSpan Time);
