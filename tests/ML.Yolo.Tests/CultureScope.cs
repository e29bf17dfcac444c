using System.Globalization;

namespace ML.Yolo.Tests;

/// <summary>Another culture for as long as it lives.</summary>
internal sealed class CultureScope : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CultureScope(string name)
        : this(CultureInfo.GetCultureInfo(name))
    {
    }

    public CultureScope(CultureInfo culture) => CultureInfo.CurrentCulture = culture;

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
