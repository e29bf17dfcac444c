namespace WebDemo;

/// <summary>
/// Looks whether the model's file has changed, and serves the new one once it is loaded whole. Until then, and if it cannot be, the old one serves.
/// </summary>
internal sealed partial class ModelWatch(ModelSlot slot, ModelSource source, WebDemoOptions options, ILogger<ModelWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReloadSeconds == 0)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.ReloadSeconds));
        var (served, seen) = (slot.Current.Stamp, slot.Current.Stamp);
        while (await Next(timer, stoppingToken))
        {
            var stamp = FileStamp.Of(source.Path);
            var isStill = stamp == seen;
            seen = stamp ?? seen;

            // A file that is being written changes from one look to the next.
            if (stamp is null || stamp == served || !isStill)
                continue;
            served = stamp;
            await ReloadAsync();
        }
    }

    private static async Task<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            var next = source.Open();
            await slot.ReplaceAsync(next);
            LogReloaded(source.Path, next.Detector.Architecture.Name, next.Detector.ClassNames.Count);
        }
        catch (Exception exception)
        {
            // Whatever is wrong with the new file, the old model goes on.
            LogKept(source.Path, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "'{Path}' changed and serves now: {Architecture}, {Classes} classes.")]
    private partial void LogReloaded(string path, string architecture, int classes);

    [LoggerMessage(LogLevel.Error, "'{Path}' changed and cannot be served; the model loaded before goes on. {Reason}")]
    private partial void LogKept(string path, string reason);
}
