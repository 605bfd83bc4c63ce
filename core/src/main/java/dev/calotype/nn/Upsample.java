package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Strips;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Doubles the picture by repetition and convolves it. */
public final class Upsample extends Module implements ImageLayer {
    private final Conv2dImpl conv;

    public Upsample(int channels) {
        super("Upsample");
        conv = register_module("conv", Convolutions.same(channels, channels, 3));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        return Scope.tidy(() -> Convolutions.convolveDoubled(conv, x)); // (N, C, 2H, 2W)
    }

    /** A large map becomes the result. */
    @Override
    public Tensor spend(Tensor x, Tensor embedding, Tensor tokens) {
        if (x.size(0) > 1 || !Convolutions.isPlain(conv) || !Strips.suit(x, 4))
            return ImageLayer.super.spend(x, embedding, tokens);
        return Strips.spendDoubled(x, conv); // (N, C, 2H, 2W)
    }
}
