using System.Text;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes of a pickle's program: instructions put in, taken out, repeated by the thousand.</summary>
internal static class PickleMutations
{
    private static readonly byte[][] Instructions =
    [
        [(byte)'('], [(byte)'t'], [(byte)']'], [(byte)'}'], [(byte)'u'], [(byte)'e'], [(byte)'a'], [(byte)'s'],
        [(byte)'R'], [(byte)'b'], [(byte)'Q'], [(byte)'N'],
        [(byte)'0'], [(byte)'2'], [(byte)'.'], [0x81], [0x85], [0x86], [0x87], [0x88], [0x89], [0x93], [0x94], [(byte)'q', 0], [(byte)'h', 0],
        [(byte)'r', 255, 255, 255, 127], [(byte)'j', 1, 0, 0, 0], [0x8a, 255], [0x8b, 255, 255, 255, 127], [(byte)'X', 255, 255, 255, 255],
        [0x8d, 255, 255, 255, 255, 255, 255, 255, 127], [0x95, 255, 255, 255, 255, 255, 255, 255, 255], [(byte)'K', 7], [(byte)'M', 7, 7],
        [(byte)'J', 255, 255, 255, 255], [(byte)'G', 127, 240, 0, 0, 0, 0, 0, 0],
        .. new[] { "cos\nsystem\n", "I99999999999999999999\n", "L-1L\n", "F1e999\n", "V\\ud800\n" }
            .Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>One change.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        var at = random.Next(input.Length + 1);
        var instruction = Instructions[random.Next(Instructions.Length)];
        return random.Next(4) switch
        {
            0 => [.. input[..at], .. Enumerable.Repeat(instruction, random.Next(1, 20_000)).SelectMany(bytes => bytes), .. input[at..]],
            1 => ByteMutations.Change(input, random),
            _ => [.. input[..at], .. instruction, .. input[at..]],
        };
    }
}
