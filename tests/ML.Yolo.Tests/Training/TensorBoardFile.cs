using Tensorboard;

namespace ML.Yolo.Tests.Training;

/// <summary>Reads TensorBoard's event files as TensorBoard does: records of length, its checksum, an event, its checksum.</summary>
internal static class TensorBoardFile
{
    public static IReadOnlyList<Event> Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var events = new List<Event>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var length = reader.ReadBytes(8);
            Assert.Equal(MaskedChecksum(length), reader.ReadUInt32());
            var bytes = reader.ReadBytes((int)BitConverter.ToInt64(length));
            Assert.Equal(MaskedChecksum(bytes), reader.ReadUInt32());
            events.Add(Event.Parser.ParseFrom(bytes));
        }

        return events;
    }

    // CRC-32C (Castagnoli), rotated and offset as the TFRecord format asks.
    private static uint MaskedChecksum(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = System.Numerics.BitOperations.Crc32C(crc, value);
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
