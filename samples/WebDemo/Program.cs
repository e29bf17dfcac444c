using WebDemo;

return await Server.RunAsync(args);
