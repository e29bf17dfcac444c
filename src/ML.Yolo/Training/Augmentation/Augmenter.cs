using ML.Yolo.Imaging;
using ML.Yolo.Samples;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Paints training samples as the options say: mosaic, projection, mixup, copies, patches, colours. For any number of threads.</summary>
/// <param name="set">The samples.</param>
/// <param name="options">What may happen.</param>
/// <param name="size">Side of the square canvas, pixels.</param>
/// <param name="seed">With epoch and index it decides what does.</param>
internal sealed class Augmenter(TrainingSet set, AugmentationOptions options, int size, int seed)
{
    /// <summary>Bytes of one canvas.</summary>
    public int CanvasBytes => size * size * ResizedImage.Channels;

    /// <summary>Paints one sample.</summary>
    /// <param name="sample">Its index in the set.</param>
    /// <param name="epoch">Which epoch this is.</param>
    /// <param name="isMosaicClosed">Whether mosaic and mixup are over.</param>
    /// <param name="pixels">The canvas: size × size × 4 bytes.</param>
    /// <returns>The objects, in pixels of the canvas.</returns>
    public unsafe List<SceneBox> Paint(int sample, int epoch, bool isMosaicClosed, Span<byte> pixels)
    {
        var random = SampleRandom.ForSample(seed, epoch, sample);
        List<SceneBox> boxes;
        fixed (byte* memory = pixels)
        {
            using var canvas = new Canvas(memory, size);
            var isMosaic = random.NextSingle() < options.MosaicProbability && !isMosaicClosed;
            boxes = PaintScene(canvas, sample, isMosaic, random);
            if (random.NextSingle() < options.MixUpProbability && isMosaic)
                boxes.AddRange(BlendAnother(canvas, random));
            if (options.CopyPasteProbability > 0)
                CopyPaste.Apply(canvas, boxes, options.CopyPasteProbability, random);
            if (random.NextSingle() < options.CutoutProbability)
                Cutout.Apply(canvas, boxes, random);
        }

        if (options.HueGain > 0 || options.SaturationGain > 0 || options.ValueGain > 0)
            HsvJitter.Apply(pixels, Factor(random, options.HueGain), Factor(random, options.SaturationGain), Factor(random, options.ValueGain));
        return boxes;
    }

    private static float Factor(Random random, float gain) => 1 + (gain * ((2 * random.NextSingle()) - 1));

    private List<SceneBox> PaintScene(Canvas canvas, int sample, bool isMosaic, Random random)
    {
        var scene = !isMosaic ? Scene.Single(set, sample)
            : options.MosaicTiles == 4 ? Mosaic.OfFour(set, sample, size, random)
            : Mosaic.OfNine(set, sample, size, random);
        var warp = Warp.Draw(scene, size, options, random);
        canvas.Paint(scene, warp.Matrix);
        return warp.Apply(scene.Boxes);
    }

    private unsafe List<SceneBox> BlendAnother(Canvas canvas, Random random)
    {
        var share = MixUp.DrawShare(random);
        var pixels = GC.AllocateUninitializedArray<byte>(CanvasBytes);
        fixed (byte* memory = pixels)
        {
            using var other = new Canvas(memory, size);
            var boxes = PaintScene(other, random.Next(set.Samples.Count), isMosaic: true, random);
            canvas.Blend(memory, share);
            return boxes;
        }
    }
}
