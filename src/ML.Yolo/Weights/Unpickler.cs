namespace ML.Yolo.Weights;

/// <summary>Runs a pickle as what it is, a program for a stack machine that builds data. Nothing is imported and nothing is called.</summary>
/// <remarks>
/// Classes and functions are kept by name; where Python would call one, <paramref name="construct"/> makes a value of name and arguments. Instructions,
/// values and depth of the stack are bounded, so that the memory a pickle can take is bounded too, whatever it says. The machine has no recursion, so
/// neither has a pickle that nests.
/// </remarks>
/// <param name="pickle">The program.</param>
/// <param name="source">Name for messages.</param>
/// <param name="construct">Makes a value of what Python would call and the arguments.</param>
/// <param name="load">Makes a value of a persistent id: what the pickle says lies elsewhere.</param>
internal sealed class Unpickler(byte[] pickle, string source, Func<object?, object?[], object?> construct, Func<object?, object?> load)
{
    // The largest checkpoint of the family, with optimiser state, makes about a fifth of that.
    private const int MaxValues = 1_000_000;
    private const int MaxStackDepth = 100_000;
    private const int MaxNameLength = 256;

    private readonly PickleReader _reader = new(pickle, source);
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _values;

    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    /// <summary>Runs to the end and returns the value built.</summary>
    /// <exception cref="WeightsFormatException">The pickle is damaged, truncated, or too large.</exception>
    public object? Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)_reader.Byte();
            if (opcode == PickleOpcode.Stop)
                return Pop();
            if (!Literal(opcode) && !Collection(opcode) && !Fill(opcode) && !Memo(opcode) && !Make(opcode))
                throw _reader.Damaged($"has instruction 0x{(byte)opcode:x2}, which makes no data");
        }
    }

    private bool Literal(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None: value = null; break;
            case PickleOpcode.NewTrue: value = true; break;
            case PickleOpcode.NewFalse: value = false; break;
            case PickleOpcode.Int or PickleOpcode.Long: value = _reader.IntegerLine(); break;
            case PickleOpcode.BinInt: value = (long)_reader.Int32(); break;
            case PickleOpcode.BinInt1: value = (long)_reader.Byte(); break;
            case PickleOpcode.BinInt2: value = (long)_reader.UInt16(); break;
            case PickleOpcode.Long1: value = _reader.Integer(_reader.Byte()); break;
            case PickleOpcode.Long4: value = _reader.Integer(_reader.UInt32()); break;
            case PickleOpcode.Float: value = _reader.DoubleLine(); break;
            case PickleOpcode.BinFloat: value = _reader.Double(); break;
            case PickleOpcode.String or PickleOpcode.Unicode: value = _reader.Line().Trim('\'', '"'); break;
            case PickleOpcode.BinString or PickleOpcode.BinUnicode: value = _reader.Text(_reader.UInt32()); break;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode: value = _reader.Text(_reader.Byte()); break;
            case PickleOpcode.BinUnicode8: value = _reader.Text(_reader.UInt64()); break;
            case PickleOpcode.BinBytes: value = _reader.Bytes(_reader.UInt32()).ToArray(); break;
            case PickleOpcode.ShortBinBytes: value = _reader.Bytes(_reader.Byte()).ToArray(); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: value = _reader.Bytes(_reader.UInt64()).ToArray(); break;
            default: return false;
        }

        Push(value);
        return true;
    }

    private bool Collection(PickleOpcode opcode)
    {
        object value;
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple: value = Array.Empty<object?>(); break;
            case PickleOpcode.Tuple1: value = PopMany(1); break;
            case PickleOpcode.Tuple2: value = PopMany(2); break;
            case PickleOpcode.Tuple3: value = PopMany(3); break;
            case PickleOpcode.Tuple: value = PopToMark(); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: value = new List<object?>(); break;
            case PickleOpcode.List or PickleOpcode.FrozenSet: value = PopToMark().ToList(); break;
            case PickleOpcode.EmptyDictionary: value = new PickleDictionary(); break;
            case PickleOpcode.Dictionary:
                var pairs = PopToMark();
                value = new PickleDictionary();
                SetPairs(value, pairs);
                break;
            default: return false;
        }

        Push(value);
        return true;
    }

    /// <summary>Instructions that add to the collection below what they add.</summary>
    private bool Fill(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Append:
                AddTo(PopMany(1));
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                AddTo(PopToMark());
                break;
            case PickleOpcode.SetItem:
                var pair = PopMany(2);
                SetPairs(Peek(), pair);
                break;
            case PickleOpcode.SetItems:
                var pairs = PopToMark();
                SetPairs(Peek(), pairs);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Memo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: BeginMark(); break;
            case PickleOpcode.Pop when _marks.Count > 0 && _stack.Count == Floor: _marks.RemoveAt(_marks.Count - 1); break;
            case PickleOpcode.Pop: Pop(); break;
            case PickleOpcode.PopMark: PopToMark(); break;
            case PickleOpcode.Duplicate: Push(Peek()); break;
            case PickleOpcode.Put: Remember(_reader.IntegerLine()); break;
            case PickleOpcode.BinPut: Remember(_reader.Byte()); break;
            case PickleOpcode.LongBinPut: Remember(_reader.UInt32()); break;
            case PickleOpcode.Memoize: Remember(_memo.Count); break;
            case PickleOpcode.Get: Recall(_reader.IntegerLine()); break;
            case PickleOpcode.BinGet: Recall(_reader.Byte()); break;
            case PickleOpcode.LongBinGet: Recall(_reader.UInt32()); break;
            case PickleOpcode.Protocol: _reader.Byte(); break;
            case PickleOpcode.Frame: _reader.UInt64(); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Instructions that in Python import or call something.</summary>
    private bool Make(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                Push(Named(_reader.Line(), _reader.Line()));
                break;
            case PickleOpcode.StackGlobal:
                var names = PopMany(2);
                Push(names is [string module, string name] ? Named(module, name) : throw _reader.Damaged("names a class by something that is not a string"));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var call = PopMany(2);
                PushMade(call[0], Arguments(call[1]));
                break;
            case PickleOpcode.NewObjectWithNames:
                var named = PopMany(3);
                PushMade(named[0], Arguments(named[1]));
                break;
            case PickleOpcode.Instance:
                var type = Named(_reader.Line(), _reader.Line());
                PushMade(type, PopToMark());
                break;
            case PickleOpcode.Object:
                var parts = PopToMark();
                PushMade(parts.Length > 0 ? parts[0] : throw _reader.Damaged("makes an object of nothing"), parts[1..]);
                break;
            case PickleOpcode.Build:
                var state = Pop();
                if (Peek() is PickleObject built)
                    built.State = state;
                break;
            case PickleOpcode.PersistentId:
                Push(load(_reader.Line()));
                break;
            case PickleOpcode.BinPersistentId:
                Push(load(Pop()));
                break;
            default:
                return false;
        }

        return true;
    }

    private PickleGlobal Named(string module, string name)
        => Math.Max(module.Length, name.Length) <= MaxNameLength
            ? new(module, name)
            : throw _reader.Damaged($"names a class by more than {MaxNameLength} characters");

    private void PushMade(object? callable, object?[] arguments)
    {
        var value = construct(callable, arguments);
        if (value is PickleDictionary copy)
            Count(copy.Items.Count);
        Push(value);
    }

    private object?[] Arguments(object? value) => value as object?[] ?? throw _reader.Damaged("calls something with arguments that are not a tuple");

    private void AddTo(object?[] items)
    {
        Count(items.Length);
        if (Peek() is List<object?> list)
            list.AddRange(items);
        else if (Peek() is not PickleObject)
            throw _reader.Damaged("appends to something that is not a list");
    }

    private void SetPairs(object? target, object?[] pairs)
    {
        Count(pairs.Length);
        if (pairs.Length % 2 != 0)
            throw _reader.Damaged("sets a key without a value");
        if (target is not PickleDictionary dictionary)
        {
            if (target is not PickleObject)
                throw _reader.Damaged("sets a key of something that is not a dictionary");
            return;
        }

        for (var i = 0; i < pairs.Length; i += 2)
            dictionary.Set(pairs[i], pairs[i + 1]);
    }

    private void Remember(long key)
    {
        Count(1);
        _memo[key] = Peek();
    }

    private void Recall(long key) => Push(_memo.TryGetValue(key, out var value) ? value : throw _reader.Damaged($"recalls value {key}, which it never kept"));

    private void BeginMark()
    {
        if (_marks.Count >= MaxStackDepth)
            throw _reader.Damaged($"nests more than {MaxStackDepth} values");
        _marks.Add(_stack.Count);
    }

    private void Push(object? value)
    {
        Count(1);
        if (_stack.Count >= MaxStackDepth)
            throw _reader.Damaged($"has more than {MaxStackDepth} values waiting");
        _stack.Add(value);
    }

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw _reader.Damaged("takes a value where there is none");

    private object?[] PopMany(int count)
    {
        if (_stack.Count - Floor < count)
            throw _reader.Damaged($"takes {count} values where there are {_stack.Count - Floor}");
        var values = _stack[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw _reader.Damaged("goes back to a mark it never set");
        var values = PopMany(_stack.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private void Count(int values)
    {
        _values += values;
        if (_values > MaxValues)
            throw _reader.Damaged(FormattableString.Invariant($"has made more than {MaxValues:N0} values: too many for a checkpoint"));
    }
}
