namespace WebDemo;

/// <summary>A request that cannot be answered because of what was sent: status, title and detail for the problem details, and the part it is about.</summary>
internal sealed class ImageException(int status, string title, string detail, UploadPart? part = null) : Exception(detail)
{
    public int Status => status;

    public string Title => title;

    public UploadPart? Part => part;
}
