using System.CommandLine;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>Converts, merges and divides labelled sets.</summary>
internal static class ConvertCommand
{
    private static readonly Dictionary<string, DatasetForm> Forms = new()
    {
        ["yolo"] = DatasetForm.Yolo,
        ["coco"] = DatasetForm.Coco,
        ["voc"] = DatasetForm.PascalVoc,
        ["vott"] = DatasetForm.Vott,
    };

    private static readonly DataOptions Set = new();

    private static readonly Option<string[]> From = new("--from")
    {
        Description = "The set: a data.yaml or its folder (YOLO), a folder with ImageSets/Main (Pascal VOC), a .json with --images (COCO), a .json of VoTT. "
            + "Several are merged.",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "What to write: a .json (COCO; images stay where they are), or a folder (YOLO; images are copied).",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<string?> Form = new("--to-format")
    {
        Description = "yolo or voc, into a folder; coco or vott, a .json. [default: coco for a .json, else yolo]",
    };

    private static readonly Option<string?> Split = new("--split")
    {
        Description = "One split alone, by its name; or shares by which all is divided anew into train, val and test: 80/10/10. [default: all, as it is]",
        HelpName = "NAME|SHARES",
    };

    private static readonly Option<int> Seed = new("--seed") { Description = "Decides how it is divided.", HelpName = "N", DefaultValueFactory = _ => 0 };

    private static readonly Option<string[]> Rename = new("--rename")
    {
        Description = "Another name for a class; two of one name become one.",
        HelpName = "OLD=NEW",
    };

    private static readonly Option<string[]> Drop = new("--drop")
    {
        Description = "A class whose objects are left out; their pictures stay.",
        HelpName = "NAME",
    };

    /// <summary>The command, for the command line.</summary>
    public static Command Create()
    {
        Form.AcceptOnlyFromAmong([.. Forms.Keys]);
        var command = new ExampledCommand(
            "convert",
            "Converts labelled sets to the YOLO, COCO, Pascal VOC or VoTT format; merges and divides them, renames and drops classes.",
            "mlyolo convert --from voc-set --to yolo-set --split 80/10/10 --rename RBC=cell --drop Platelets");
        foreach (var option in new Option[] { From, Set.Images, To, Form, Split, Seed, Rename, Drop, Set.SkipBad })
            command.Options.Add(option);
        command.SetRun(Run);
        return command;
    }

    private static int Run(ParseResult parsed, ToolConsole console)
    {
        var to = parsed.GetValue(To)!;
        var form = FormOf(to, parsed.GetValue(Form));
        var conversion = new Conversion(console.CreateContext(), console);
        var split = parsed.GetValue(Split);
        var shares = split is null ? null : SplitShares.Parse(split);
        var sources = parsed.GetValue(From)!.Select(path => Source(path, parsed.GetValue(Set.Images))).ToList();
        foreach (var source in sources)
            conversion.Read(source, shares is null ? split : null, Set.Handling(parsed));
        var edits = new ClassEdits(parsed.GetValue(Rename) ?? [], parsed.GetValue(Drop) ?? [], conversion.ClassNames);
        conversion.Write(to, form, edits, shares, parsed.GetValue(Seed));
        return ExitCode.Done;
    }

    private static DatasetForm FormOf(string to, string? name)
    {
        var form = name is null ? Conversion.IsJson(to) ? DatasetForm.Coco : DatasetForm.Yolo : Forms[name];
        if (Conversion.IsJson(to) == (form is DatasetForm.Coco or DatasetForm.Vott))
            return form;
        var expected = Conversion.IsJson(to) ? "a folder" : "the path of a .json";
        throw new UsageException($"{To.Name} is '{to}', and {Form.Name} is {name}; {expected} is expected.");
    }

    // --images is for those of several that are COCO sets.
    private static DatasetSource Source(string path, string? images)
    {
        var isOther = Conversion.IsJson(path) && File.Exists(path) && JsonForm.Recognise(path) != DatasetForm.Coco;
        return DatasetSource.Recognise(path, isOther ? null : images, From.Name);
    }
}
