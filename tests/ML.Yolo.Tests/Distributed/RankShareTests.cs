using CsCheck;
using ML.Yolo.Distributed;

namespace ML.Yolo.Tests.Distributed;

public sealed class RankShareTests
{
    [Fact]
    public void Neighbours_OfAllRanks_AreAllInOrderAndOfSizesThatDifferByOneAtMost()
        => Gen.Select(Gen.Int[0, 100], Gen.Int[1, 12]).Sample((count, size) =>
        {
            int[] all = [.. Enumerable.Range(0, count)];
            var shares = Enumerable.Range(0, size).Select(rank => new RankShare(rank, size).Neighbours<int>(all).ToArray()).ToList();

            Assert.Equal(all, shares.SelectMany(share => share));
            Assert.InRange(shares.Max(share => share.Length) - shares.Min(share => share.Length), 0, 1);
        });

    [Fact]
    public void Neighbours_TwoOfFour_LeavesTwoRanksWithout()
        => Assert.Equal([0, 1, 0, 1], Enumerable.Range(0, 4).Select(rank => new RankShare(rank, 4).Neighbours<int>([7, 8]).Length));

    [Fact]
    public void Has_DealtOutInTurn_IsOfOneRankEach()
        => Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(index => Enumerable.Range(0, 3).Single(rank => new RankShare(rank, 3).Has(index))));
}
