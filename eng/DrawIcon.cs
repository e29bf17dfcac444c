#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property GenerateDocumentationFile=true
#:property NoWarn=CS1591
// Draws the packages' icon: dotnet run eng/DrawIcon.cs eng/icon.png
using SkiaSharp;

const int Side = 128;
using var surface = SKSurface.Create(new SKImageInfo(Side, Side));
var canvas = surface.Canvas;
using var ground = new SKPaint { Color = new SKColor(0x24, 0x2a, 0x3a), IsAntialias = true };
canvas.DrawRoundRect(0, 0, Side, Side, 24, 24, ground);
Box(22, 34, 66, 96, new SKColor(0x56, 0xb4, 0xe9));
Box(50, 22, 106, 68, new SKColor(0xe6, 0x9f, 0x00));
Box(78, 76, 108, 106, new SKColor(0x00, 0x9e, 0x73));
using var image = surface.Snapshot();
using var png = image.Encode(SKEncodedImageFormat.Png, 100);
File.WriteAllBytes(args[0], png.ToArray());

void Box(float left, float top, float right, float bottom, SKColor colour)
{
    using var line = new SKPaint { Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = 6, IsAntialias = true };
    using var plate = new SKPaint { Color = colour, IsAntialias = true };
    canvas.DrawRoundRect(left, top, right - left, bottom - top, 3, 3, line);
    canvas.DrawRect(left - 3, top - 3, 22, 10, plate);
}
