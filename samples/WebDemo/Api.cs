using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ML.Yolo;

namespace WebDemo;

/// <summary>The endpoints of /v1.</summary>
internal static class Api
{
    public static void Map(WebApplication app, WebDemoOptions options)
    {
        var v1 = app.MapGroup("/v1").WithTags("Detection");
        v1.ProducesProblem(StatusCodes.Status401Unauthorized).RequireAuthorization();
        v1.MapGet("/model", (ModelSlot slot, ModelSource source) => ModelDescription.Of(slot.Current, source, options))
            .WithName("GetModel")
            .WithSummary("The model that serves now, and the limits of requests.");
        v1.MapPost("/detect", DetectAsync)
            .WithName("Detect")
            .WithSummary("Finds objects in an image, or in the images of a form.")
            .WithDescription("An image as the body (JPEG, PNG, BMP, GIF, WebP) is answered with one result; multipart/form-data with several, in their order.")
            .Produces<DetectedImage>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireRateLimiting(Traffic.Uploads)
            .DisableAntiforgery();
    }

    private static async Task<IResult> DetectAsync(
        [Range(0.0, 1.0), Description("Detections are reported if their confidence is above this; the model's own where omitted.")] float? score,
        [Range(0.0, 1.0), Description("Of two of one class that overlap by more, the less confident is dropped; the model's own where omitted.")] float? iou,
        [Range(1, 10_000), Description("Max. detections per image; the model's own where omitted.")] int? max,
        HttpRequest request,
        UploadReader reader,
        ModelSlot slot,
        WebDemoOptions options,
        CancellationToken cancellationToken)
    {
        var filter = new DetectionFilter { ScoreThreshold = score, IouThreshold = iou, MaxDetections = max };
        slot.Current.Batcher.ThrowIfFull();                                              // before an upload is taken in that would be refused after it
        var images = await reader.ReadAsync(request, cancellationToken);
        foreach (var image in images)
            ImageHeader.Check(image, options.MaxPixels);
        var found = await slot.DetectAsync(images, filter, cancellationToken);
        DetectedImage[] results = [.. images.Zip(found, DetectedImage.Of)];
        return images[0].Part is null ? Results.Ok(results[0]) : Results.Ok(new DetectedImages(results));
    }
}
