// LibTorch uses all cores by itself, and one test counts every tensor of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
