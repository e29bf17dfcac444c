using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace WebDemo;

/// <summary>What the description of the API says beyond what the endpoints' types say: bodies that are images, and the key.</summary>
internal static class ApiDocument
{
    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/bmp", "image/gif", "image/webp", "application/octet-stream"];

    public static void Configure(OpenApiOptions document, WebDemoOptions options)
    {
        document.AddDocumentTransformer((description, _, _) =>
        {
            description.Info = new OpenApiInfo { Title = "ML.Yolo WebDemo", Version = "v1", Description = "Object detection with a YOLO model." };
            description.Servers?.Clear();
            if (options.ApiKey is not null)
            {
                description.Components ??= new OpenApiComponents();
                IOpenApiSecurityScheme key = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
                description.AddComponent(ApiKeyHandler.Scheme, key);
                description.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.Scheme, description)] = [] }];
            }

            return Task.CompletedTask;
        });
        document.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (operation.OperationId != "Detect")
                return;
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Bodies(options) };
            var several = await context.GetOrCreateSchemaAsync(typeof(DetectedImages), null, cancellationToken);
            var answer = (OpenApiMediaType)operation.Responses!["200"].Content!["application/json"];
            answer.Schema = new OpenApiSchema { OneOf = [answer.Schema!, several] };
        });
    }

    private static Dictionary<string, OpenApiMediaType> Bodies(WebDemoOptions options)
    {
        var image = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var files = new OpenApiSchema { Type = JsonSchemaType.Array, Items = image, MinItems = 1, MaxItems = options.MaxParts };
        var form = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["images"] = files } };
        var bodies = ImageTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = image });
        bodies["multipart/form-data"] = new OpenApiMediaType { Schema = form };
        return bodies;
    }
}
