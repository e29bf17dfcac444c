using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Turns a description into modules.</summary>
internal static class NetworkBuilder
{
    /// <summary>One module per layer; the last is the head.</summary>
    public static Module[] Build(YoloArchitecture architecture, HeadSettings settings)
    {
        const int Probe = YoloArchitecture.ProbeSize;
        var shapes = ShapeInference.Follow(architecture, Probe, Probe);
        var modules = new Module[architecture.Layers.Length];
        for (var i = 0; i < shapes.Length; i++)
        {
            var inputs = ShapeInference.Inputs(architecture.Layers, i, shapes, Probe, Probe);
            modules[i] = ((BlockDescription)architecture.Layers[i]).Build(inputs, architecture.Scale);
        }

        var features = ShapeInference.Inputs(architecture.Layers, shapes.Length, shapes, Probe, Probe);
        modules[^1] = architecture.Head.Build(Array.ConvertAll(features, feature => feature.Channels), settings);
        return modules;
    }
}
