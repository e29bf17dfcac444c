// Every test runs LibTorch in a process of its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
