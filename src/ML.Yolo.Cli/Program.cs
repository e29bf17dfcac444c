using ML.Yolo.Cli;

return CommandLine.Run(args);
