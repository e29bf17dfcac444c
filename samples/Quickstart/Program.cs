using ML.Yolo;
using Quickstart;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;                                                               // training stops at the next batch and what was learned is kept
    cancellation.Cancel();
};

return CommandLine.Run(args, options =>
{
    try
    {
        new DetectionJob(options, cancellation.Token).Run();
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Canceled before the first epoch was complete: there is nothing to save.");
        return 130;
    }
    catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine(exception.Message.Split(" (Parameter '", 2)[0]);
        return CommandLine.WrongUsage;
    }
    catch (TorchBackendException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
