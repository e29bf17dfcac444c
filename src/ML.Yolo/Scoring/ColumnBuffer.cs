using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Scoring;

/// <summary>Values of one column for the rows read ahead, so that they can be handed out when their turn comes.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>A buffer of <paramref name="capacity"/> rows over a column of any type.</summary>
    public static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column, int capacity)
    {
        var type = column.Type.RawType;
        var buffer = type == typeof(MLImage) ? typeof(ImageBuffer)
            : column.Type is VectorDataViewType vector ? typeof(VectorBuffer<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ValueBuffer<>).MakeGenericType(type);
        return (ColumnBuffer)Activator.CreateInstance(buffer, row, column, capacity)!;
    }

    /// <summary>Takes the value of the row the input stands at.</summary>
    public abstract void Read(int slot);

    /// <summary>The image itself in a slot: of a column of images, not a copy.</summary>
    public virtual MLImage? Image(int slot) => throw new NotSupportedException("The column holds no images.");

    /// <summary>A getter of the value in the slot that <paramref name="currentSlot"/> names at the time of the call.</summary>
    public abstract Delegate Getter(Func<int> currentSlot);

    private abstract class TypedBuffer<T>(DataViewRow row, DataViewSchema.Column column, int capacity) : ColumnBuffer
    {
        private readonly ValueGetter<T> _getter = row.GetGetter<T>(column);

        protected T[] Values { get; } = new T[capacity];

        public override void Read(int slot) => _getter(ref Values[slot]);

        public override Delegate Getter(Func<int> currentSlot)
            => (ValueGetter<T>)((ref T value) => Copy(in Values[currentSlot()], ref value));

        protected abstract void Copy(in T from, ref T to);
    }

    private sealed class ValueBuffer<T>(DataViewRow row, DataViewSchema.Column column, int capacity) : TypedBuffer<T>(row, column, capacity)
    {
        protected override void Copy(in T from, ref T to) => to = from;
    }

    private sealed class VectorBuffer<T>(DataViewRow row, DataViewSchema.Column column, int capacity) : TypedBuffer<VBuffer<T>>(row, column, capacity)
    {
        protected override void Copy(in VBuffer<T> from, ref VBuffer<T> to) => from.CopyTo(ref to);
    }

    private sealed class ImageBuffer(DataViewRow row, DataViewSchema.Column column, int capacity) : TypedBuffer<MLImage?>(row, column, capacity)
    {
        public override MLImage? Image(int slot) => Values[slot];

        public override void Read(int slot)
        {
            try
            {
                base.Read(slot);
            }
            catch
            {
                Values[slot] = null;                                                      // ML.NET may have disposed the one before
                throw;
            }
        }

        protected override void Copy(in MLImage? from, ref MLImage? to)
        {
            // Whoever asks may dispose what it gets, and what it got before is gone with the next row, as with ML.NET's LoadImages.
            // So it gets a copy: the original may be the caller's.
            to?.Dispose();
            to = from is null ? null : MLImage.CreateFromPixels(from.Width, from.Height, from.PixelFormat, from.Pixels);
            // The path of the file, which tells the orientation.
            if (to is not null)
                to.Tag = from!.Tag;
        }
    }
}
