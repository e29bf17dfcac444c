using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Interop;
using ML.Yolo.Tests.Interop;

[assembly: LoadableModel<ModelLoaderTests.Note, ModelLoaderTests.NoteSource>("Note", ModelLoaderTests.NoteSource.LoaderSignature)]

namespace ML.Yolo.Tests.Interop;

/// <summary>A model of this assembly, which names no internal of ML.NET, is saved and found again.</summary>
public sealed class ModelLoaderTests
{
    [Fact]
    public void Load_RegisteredModel_GivesItBack()
    {
        var mlContext = new MLContext();
        using var zip = new MemoryStream();
        mlContext.Model.Save(new Note("kept", Version: 1), null, zip);

        var loaded = new MLContext().Model.Load(zip, out _);

        Assert.Equal("kept", Assert.IsType<Note>(loaded).Text);
    }

    [Fact]
    public void Load_ModelOfALaterVersion_Refuses()
    {
        var mlContext = new MLContext();
        using var zip = new MemoryStream();
        mlContext.Model.Save(new Note("from the future", Version: 2), null, zip);

        var exception = Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(zip, out _));

        Assert.Contains("version", exception.GetBaseException().Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void TryRead_StreamThatIsNotThere_IsFalse()
    {
        var mlContext = new MLContext();
        using var zip = new MemoryStream();
        mlContext.Model.Save(new Note(null, Version: 1), null, zip);

        Assert.Null(Assert.IsType<Note>(new MLContext().Model.Load(zip, out _)).Text);
    }

    /// <summary>A transformer that keeps a text and leaves rows as they are.</summary>
    internal sealed record Note(string? Text, int Version) : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        void ICanSaveModel.Save(ModelSaveContext ctx) => NoteSource.Save(this, ctx);
    }

    /// <summary>How a note is kept: one stream.</summary>
    internal sealed class NoteSource : IModelSource<Note>
    {
        public const string LoaderSignature = "MLYoloTestNote";

        private const string TextName = "note.txt";

        private static readonly ComponentHeader Header = new("MLYONOTE", LoaderSignature);

        public static void Save(Note note, ModelSaveContext context)
        {
            (Header with { Version = note.Version }).Write(context, typeof(NoteSource).Assembly);
            if (note.Text is { } text)
                context.Write(TextName, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        public static Note Load(IHostEnvironment environment, ModelReader reader)
        {
            reader.Check(Header);
            string? text = null;
            reader.TryRead(TextName, stream => text = new StreamReader(stream).ReadToEnd());
            return new Note(text, Version: 1);
        }
    }
}
