namespace ML.Yolo.Weights;

/// <summary>Finds the model's tensors in what a checkpoint holds, by the names PyTorch's <c>state_dict()</c> gives them.</summary>
/// <remarks>
/// A checkpoint is a state dictionary, or a module, or a dictionary that holds one of them as "ema" (averaged weights, which Ultralytics prefers), "model"
/// or "state_dict". A module's tensors are its parameters and buffers, then its children's, under the children's names.
/// </remarks>
internal sealed class CheckpointState
{
    private const int MaxModuleDepth = 64;
    private const int MaxModules = 20_000;
    private const int MaxTensors = 100_000;
    private const int MaxFields = 2_000_000;

    private static readonly string[] ModelKeys = ["ema", "model", "state_dict"];

    private readonly string _source;
    private readonly Dictionary<string, TorchTensor> _tensors = [];
    private int _modules;
    private long _fields;

    private CheckpointState(string source) => _source = source;

    /// <exception cref="WeightsFormatException">There is no model in it, or its modules nest without end.</exception>
    public static IReadOnlyDictionary<string, TorchTensor> Find(object? root, string source)
    {
        var state = new CheckpointState(source);
        var model = FindModel(root);
        if (model is PickleDictionary tensors)
            state.AddTensors(tensors, prefix: "");
        else if (model is PickleObject module)
            state.AddModule(module, prefix: "", depth: 0);
        return state._tensors.Count > 0
            ? state._tensors
            : throw new WeightsFormatException(
                $"'{source}' holds no weights: its pickle is {Describe(root)}; a state dictionary, module, or dictionary with 'ema' or 'model' was expected.");
    }

    /// <summary>The state dictionary or module: what is saved, or one of its parts.</summary>
    public static object? FindModel(object? root)
        => root is PickleDictionary dictionary && Array.ConvertAll(ModelKeys, key => dictionary[key]).FirstOrDefault(IsModel) is { } inner ? inner : root;

    /// <summary>A Python object's fields: its state, or the first of a pair of them and its slots.</summary>
    public static PickleDictionary? Fields(PickleObject module) => (module.State is object?[] and [var first, _] ? first : module.State) as PickleDictionary;

    private static bool IsModel(object? value) => value is PickleDictionary or PickleObject { State: not null };

    private void AddTensors(PickleDictionary tensors, string prefix, HashSet<object?>? except = null)
    {
        CountFields(tensors.Items.Count);
        foreach (var (key, value) in tensors.Items)
        {
            if (key is not string name || value is not TorchTensor tensor || except?.Contains(name) == true)
                continue;
            if (_tensors.Count >= MaxTensors)
                throw new WeightsFormatException($"'{_source}' holds more than {MaxTensors} tensors: too many for a detector.");
            _tensors[prefix + name] = tensor;
        }
    }

    private void AddModule(PickleObject module, string prefix, int depth)
    {
        if (depth > MaxModuleDepth || ++_modules > MaxModules)
        {
            throw new WeightsFormatException(
                $"'{_source}' holds modules nested deeper than {MaxModuleDepth}, or more than {MaxModules}: too many for a detector.");
        }

        if (Fields(module) is not { } fields)
            return;
        CountFields(fields.Items.Count);
        if (fields["_parameters"] is PickleDictionary parameters)
            AddTensors(parameters, prefix);
        if (fields["_buffers"] is PickleDictionary buffers)
            AddTensors(buffers, prefix, NotSaved(fields));
        var modules = (fields["_modules"] as PickleDictionary)?.Items ?? [];
        CountFields(modules.Count);
        foreach (var (key, value) in modules)
        {
            if (key is string name && value is PickleObject child)
                AddModule(child, $"{prefix}{name}.", depth + 1);
        }
    }

    /// <summary>Names of the buffers that <c>state_dict()</c> leaves out.</summary>
    private HashSet<object?> NotSaved(PickleDictionary fields)
    {
        var names = fields["_non_persistent_buffers_set"] as List<object?> ?? [];
        CountFields(names.Count);
        return [.. names.Where(name => name is string)];
    }

    /// <summary>Modules may share what they hold, so walking them can take far longer than the pickle is.</summary>
    private void CountFields(int count)
    {
        _fields += count;
        if (_fields > MaxFields)
        {
            throw new WeightsFormatException(
                FormattableString.Invariant($"'{_source}' holds modules with more than {MaxFields:N0} fields in all: too many for a detector."));
        }
    }

    private static string Describe(object? root) => root switch
    {
        null => "None",
        PickleObject made => $"a call or object of {made}",
        PickleGlobal name => $"the name {name}",
        PickleDictionary dictionary => $"a dictionary of {dictionary.Items.Count} entries without tensors",
        TorchTensor => "a single tensor",
        string => "a string",
        object?[] or List<object?> => "a sequence",
        _ => "a number",
    };
}
