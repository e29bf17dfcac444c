using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace WebDemo;

/// <summary>Takes the images out of a request: the body itself, or the parts of a form. Everything is counted before it is kept.</summary>
internal sealed class UploadReader(WebDemoOptions options)
{
    private const int MaxHeadersPerPart = 16;
    private const int BufferSize = 81_920;
    private const string OctetStream = "application/octet-stream";

    /// <exception cref="ImageException">The request is not what was expected; the exception says what of it.</exception>
    /// <exception cref="BadHttpRequestException">The client sent too much, too slowly, or not all.</exception>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<IReadOnlyList<UploadedImage>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.MaxBodyBytes)
            throw TooLarge();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.UploadSeconds));
        try
        {
            return await ReadBodyAsync(request, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ImageException(
                StatusCodes.Status408RequestTimeout, "The upload took too long", Invariant($"The request was not here after {options.UploadSeconds} s."));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool IsImage(MediaTypeHeaderValue type)
        => type.Type.Equals("image", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals(OctetStream, StringComparison.OrdinalIgnoreCase);

    private async Task<IReadOnlyList<UploadedImage>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw WrongType(request.ContentType, "The request", part: null);
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReadPartsAsync(request.Body, HeaderUtilities.RemoveQuotes(type.Boundary).Value, cancellationToken);
        if (!IsImage(type))
            throw WrongType(request.ContentType, "The request", part: null);
        var bytes = await ReadAllAsync(request.Body, options.MaxBodyBytes, cancellationToken);
        return bytes.Length > 0
            ? [new UploadedImage(bytes, Part: null)]
            : throw new ImageException(StatusCodes.Status400BadRequest, "The request is empty", "The request has no body; an image was expected.");
    }

    private async Task<IReadOnlyList<UploadedImage>> ReadPartsAsync(Stream body, string? boundary, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(boundary))
            throw BadForm("The form has no boundary in its content type.");
        var reader = new MultipartReader(boundary, body) { HeadersCountLimit = MaxHeadersPerPart };
        var images = new List<UploadedImage>();
        var room = options.MaxBodyBytes;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (images.Count == options.MaxParts)
                    throw TooLarge("Too many images", Invariant($"The form has more than {options.MaxParts} parts."));
                var image = await ReadPartAsync(section, images.Count, room, cancellationToken);
                room -= image.Bytes.Length;
                images.Add(image);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException))
        {
            throw BadForm($"The form cannot be read: {exception.Message}");
        }

        return images.Count > 0 ? images : throw BadForm("The form has no parts; one or more images were expected.");
    }

    private async Task<UploadedImage> ReadPartAsync(MultipartSection section, int index, int room, CancellationToken cancellationToken)
    {
        var hasDisposition = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var parsed);
        var disposition = hasDisposition ? parsed! : new ContentDispositionHeaderValue("form-data");
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName);
        var part = new UploadPart(index, name.HasValue ? name.Value : HeaderUtilities.RemoveQuotes(disposition.Name).Value);
        if (!name.HasValue && section.ContentType is null)
        {
            var detail = $"Part {index} is a field and not a file; images alone were expected.";
            throw new ImageException(StatusCodes.Status400BadRequest, "Not a file", detail, part);
        }

        if (section.ContentType is { } text && !(MediaTypeHeaderValue.TryParse(text, out var type) && IsImage(type)))
            throw WrongType(text, $"Part {index}", part);
        var bytes = await ReadAllAsync(section.Body, room, cancellationToken);
        return bytes.Length > 0
            ? new UploadedImage(bytes, part)
            : throw new ImageException(StatusCodes.Status400BadRequest, "A part is empty", $"Part {index} is empty; an image was expected.", part);
    }

    /// <summary>Takes memory for what has come, and not for what was announced.</summary>
    private async Task<byte[]> ReadAllAsync(Stream stream, int room, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var count)
            {
                length += count;
                if (length > room)
                    throw TooLarge();
                if (length == buffer.Length)
                    buffer = Grown(buffer);
            }

            return buffer[..length];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grown(byte[] full)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(buffer, 0);
        ArrayPool<byte>.Shared.Return(full);
        return buffer;
    }

    private ImageException TooLarge()
        => TooLarge("The request is too large", Invariant($"The request has more than {options.MaxBodyBytes} bytes, which is the limit."));

    private static ImageException TooLarge(string title, string detail) => new(StatusCodes.Status413PayloadTooLarge, title, detail);

    private static ImageException BadForm(string detail) => new(StatusCodes.Status400BadRequest, "The form cannot be read", detail);

    private static ImageException WrongType(string? found, string what, UploadPart? part) => new(
        StatusCodes.Status415UnsupportedMediaType,
        "Not an image",
        $"{what} has {(string.IsNullOrEmpty(found) ? "no content type" : $"the content type '{found}'")}; image/jpeg, image/png, image/bmp, image/gif, "
        + $"image/webp, {OctetStream}{(part is null ? " or multipart/form-data" : "")} was expected.",
        part);
}
