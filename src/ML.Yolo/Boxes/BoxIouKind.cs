namespace ML.Yolo;

/// <summary>The overlap measure a box term is built on; each is one minus a penalty on top of the one before it.</summary>
public enum BoxIouKind
{
    /// <summary>Complete IoU: overlap, centre distance and aspect ratio (Zheng et al. 2020).</summary>
    CIoU,

    /// <summary>Generalised IoU: overlap and the empty part of the enclosing box (Rezatofighi et al. 2019).</summary>
    GIoU,

    /// <summary>Distance IoU: overlap and centre distance (Zheng et al. 2020).</summary>
    DIoU,

    /// <summary>Plain intersection over union; gives no gradient to boxes that do not touch.</summary>
    Iou,
}
