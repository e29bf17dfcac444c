using ML.Yolo.Training;

namespace ML.Yolo.Tests.Training;

public sealed class RecipeChoiceTests
{
    private static readonly RecipeRun Bccd = new() { Images = 205, Epochs = 10, BatchSize = 16, ClassCount = 3, IsHeadNew = true, HasAnchors = true };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(205, 10)]
    [InlineData(118_287, 300)]
    public void Of_Reference_GivesItsOwnDefaultsHoweverLongTheRun(int images, int epochs)
    {
        var choice = RecipeChoice.Of(Recipe.Reference, Bccd with { Images = images, Epochs = epochs });

        Assert.Equal((OptimizerKind.Sgd, 0.01, 0.937, 64), (choice.Optimizer, choice.LearningRate, choice.Momentum, choice.NominalBatchSize));
        Assert.Equal((3, 2000, 0), (choice.WarmupEpochs, choice.EmaRampUpdates, choice.CloseMosaicEpochs));
    }

    [Theory]
    [InlineData(205, 60, OptimizerKind.AdamW, 0.001429)]
    [InlineData(118_287, 5, OptimizerKind.AdamW, 0.001429)]
    [InlineData(118_287, 6, OptimizerKind.Sgd, 0.01)]
    public void Of_ReferenceWithoutAnchors_TakesTheOptimizerByTheNumberOfSteps(int images, int epochs, OptimizerKind optimizer, double rate)
    {
        var choice = RecipeChoice.Of(Recipe.Reference, Bccd with { Images = images, Epochs = epochs, HasAnchors = false });

        Assert.Equal((optimizer, rate, 0.9, 64), (choice.Optimizer, choice.LearningRate, choice.Momentum, choice.NominalBatchSize));
        Assert.Equal((3, 0.0, 2000, 10), (choice.WarmupEpochs, choice.WarmupBiasLearningRate!.Value, choice.EmaRampUpdates, choice.CloseMosaicEpochs));
    }

    [Fact]
    public void Of_ReferenceWithoutAnchorsAndNamedOptimizer_KeepsItsUsualRates()
    {
        var choice = RecipeChoice.Of(Recipe.Reference, Bccd with { HasAnchors = false, Optimizer = OptimizerKind.Sgd });

        Assert.Equal((OptimizerKind.Sgd, 0.01, 0.937, null), (choice.Optimizer, choice.LearningRate, choice.Momentum, choice.WarmupBiasLearningRate));
    }

    [Theory]
    [InlineData(640_000, 1, OptimizerKind.AdamW)]
    [InlineData(640_001, 1, OptimizerKind.Sgd)]
    [InlineData(64, 10_000, OptimizerKind.AdamW)]
    [InlineData(64, 10_001, OptimizerKind.Sgd)]
    public void Of_Auto_TakesSgdBeyondTenThousandStepsOf64Images(int images, int epochs, OptimizerKind expected)
        => Assert.Equal(expected, RecipeChoice.Of(Recipe.Auto, Bccd with { Images = images, Epochs = epochs }).Optimizer);

    [Fact]
    public void Of_LargeBatches_CountsStepsOfThem()
        => Assert.Equal(OptimizerKind.AdamW, RecipeChoice.Of(Recipe.Auto, Bccd with { Images = 1_280_000, Epochs = 1, BatchSize = 128 }).Optimizer);

    [Fact]
    public void Of_NamedOptimizer_KeepsItAndSuitsTheRate()
    {
        var choice = RecipeChoice.Of(Recipe.Auto, Bccd with { Optimizer = OptimizerKind.Sgd });

        Assert.Equal((OptimizerKind.Sgd, 0.01, 0.937), (choice.Optimizer, choice.LearningRate, choice.Momentum));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(4, 16)]
    [InlineData(6, 12)]
    [InlineData(16, 16)]
    [InlineData(32, 32)]
    [InlineData(100, 100)]
    public void Of_FewSteps_StepsOncePerBatchOfEnoughImages(int batchSize, int imagesPerStep)
        => Assert.Equal(imagesPerStep, RecipeChoice.Of(Recipe.Auto, Bccd with { BatchSize = batchSize }).NominalBatchSize);

    [Theory]
    [InlineData(2_000, 32)]
    [InlineData(4_000, 64)]
    [InlineData(5_000, 64)]
    public void Of_ManySteps_StepsOncePerAsManyImagesAsTheReferenceAtMost(int images, int imagesPerStep)
        => Assert.Equal(imagesPerStep, RecipeChoice.Of(Recipe.Auto, Bccd with { Images = images, Epochs = 40 }).NominalBatchSize);

    [Theory]
    [InlineData(3, false, 0.001429)]
    [InlineData(3, true, 0.001429)]
    [InlineData(80, false, 0.000119)]
    [InlineData(80, true, 0.001)]
    public void Of_AdamW_TakesTheReferencesRateAndMoreForAHeadThatKnowsNothing(int classes, bool isHeadNew, double rate)
        => Assert.Equal(rate, RecipeChoice.Of(Recipe.Auto, Bccd with { ClassCount = classes, IsHeadNew = isHeadNew }).LearningRate);

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(150)]
    public void Of_Auto_AveragesOverTheLastTenthOfTheSteps(int epochs)
    {
        var ramp = RecipeChoice.Of(Recipe.Auto, Bccd with { Epochs = epochs }).EmaRampUpdates;

        var steps = 13.0 * epochs;
        Assert.InRange(Math.Exp(steps / ramp), 0.09 * steps, 0.11 * steps);
    }

    [Fact]
    public void Of_ASingleStep_GivesOptionsThatATrainerTakes()
    {
        var choice = RecipeChoice.Of(Recipe.Auto, new RecipeRun { Images = 1, Epochs = 1, BatchSize = 1, ClassCount = 1, IsHeadNew = true, HasAnchors = true });

        Assert.InRange(choice.EmaRampUpdates, 1, 2000);
        Assert.InRange(choice.WarmupEpochs, 0, 3);
        Assert.Equal(0, choice.CloseMosaicEpochs);
    }

    [Theory]
    [InlineData(10, 205, 2)]
    [InlineData(100, 205, 10)]
    [InlineData(300, 118_287, 10)]
    public void Of_NetworkWithoutAnchors_ClosesMosaicForTheLastEpochs(int epochs, int images, int closed)
        => Assert.Equal(closed, RecipeChoice.Of(Recipe.Auto, Bccd with { Epochs = epochs, Images = images, HasAnchors = false }).CloseMosaicEpochs);

    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    public void Of_NetworkWithAnchors_KeepsMosaicToTheEnd(int epochs)
        => Assert.Equal(0, RecipeChoice.Of(Recipe.Auto, Bccd with { Epochs = epochs }).CloseMosaicEpochs);
}
