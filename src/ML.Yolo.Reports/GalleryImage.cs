namespace ML.Yolo.Reports;

/// <summary>An image of a gallery: the ground truth and the predictions, drawn.</summary>
/// <param name="Name">What the image is called.</param>
/// <param name="Summary">How many of what.</param>
/// <param name="Truth">JPEG of the ground truth.</param>
/// <param name="Predicted">JPEG of the predictions.</param>
/// <param name="TruthText">What is to be seen on the first, for those who do not see it.</param>
/// <param name="PredictedText">What is to be seen on the second.</param>
internal sealed record GalleryImage(string Name, string Summary, byte[] Truth, byte[] Predicted, string TruthText, string PredictedText);
