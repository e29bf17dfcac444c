namespace ML.Yolo;

/// <summary>What something outside of the network does with each kind of block, such as writing it into another format.</summary>
/// <typeparam name="T">What comes of a block.</typeparam>
internal interface IBlockVisitor<out T>
{
    T Visit(ConvDescription conv);

    T Visit(DepthwiseConvDescription conv);

    T Visit(BottleneckDescription bottleneck);

    T Visit(C3Description c3);

    T Visit(C2fDescription c2f);

    T Visit(C3kDescription c3k);

    T Visit(C3k2Description c3k2);

    T Visit(C2PsaDescription c2psa);

    T Visit(SppDescription spp);

    T Visit(SppfDescription sppf);

    T Visit(MaxPoolDescription pool);

    T Visit(ZeroPadDescription pad);

    T Visit(UpsampleDescription upsample);

    T Visit(ConcatDescription concat);
}
