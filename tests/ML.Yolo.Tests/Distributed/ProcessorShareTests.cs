using System.Text;
using ML.Yolo.Mpi;

namespace ML.Yolo.Tests.Distributed;

public sealed class ProcessorShareTests
{
    [Fact]
    public void Of_RanksOfTwoMachines_NumbersThemOnEach()
    {
        byte[][] all = [Told("a", "0-1"), Told("b", "0-1"), Told("a", "0-1"), Told("b", "0-1"), Told("b", "0-1")];

        var shares = Enumerable.Range(0, 5).Select(rank => ProcessorShare.Of(rank, all)).ToList();

        Assert.Equal([(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], shares.Select(share => (share.LocalRank, share.LocalSize)));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0", "1")]
    [InlineData("", "")]
    public void Of_OneProcessorOrASystemThatDoesNotTell_IsAtLeastOne(string own, string other)
        => Assert.InRange(ProcessorShare.Of(0, [Told("a", own), Told("a", other)]).Processors, 1, Math.Max(Environment.ProcessorCount / 2, 1));

    [Fact]
    public void Of_EveryProcessorAlone_IsAllThereAre()
        => Assert.Equal(Environment.ProcessorCount, ProcessorShare.Of(0, [Told("a", $"0-{Environment.ProcessorCount - 1}"), Told("b", "0-3,8")]).Processors);

    private static byte[] Told(string machine, string processors) => Encoding.UTF8.GetBytes($"{machine}\n{processors}");
}
