namespace WebDemo.Load;

/// <summary>What is wrong with an upload.</summary>
internal enum UploadKind
{
    /// <summary>Nothing.</summary>
    Good,

    /// <summary>The file ends in the middle.</summary>
    Truncated,

    /// <summary>It is no image.</summary>
    Text,

    /// <summary>A header that claims gigabytes.</summary>
    Bomb,

    /// <summary>A few bytes.</summary>
    Tiny,

    /// <summary>The caller hangs up before it is answered.</summary>
    HangsUp,
}
