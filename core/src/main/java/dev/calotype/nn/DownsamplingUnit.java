package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A level of DCGAN's discriminator: a 4 x 4 convolution that halves the picture, a normalisation, an activation. */
public final class DownsamplingUnit extends Module {
    /** What keeps a discriminator within bounds. */
    public enum Normalization {
        /** By the statistics of the batch. */
        BATCH,
        /** The kernel, by its largest singular value. */
        SPECTRAL,
        NONE
    }

    private final Conv2dImpl conv;
    private final BatchNorm2dImpl bn;
    private final SpectralNorm spectral;
    private final Activation activation;

    public DownsamplingUnit(long in, long out, Normalization normalization, Activation activation) {
        super("DownsamplingUnit");
        conv = register_module("conv", Convolutions.halving(in, out, 2));
        bn = normalization == Normalization.BATCH ? register_module("bn", BatchNorm.of(out)) : null;
        spectral = normalization == Normalization.SPECTRAL ? register_module("spectral", new SpectralNorm(out)) : null;
        this.activation = activation;
    }

    /** (N, in, H, W) to (N, out, H / 2, W / 2). */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor kernel = spectral == null ? conv.weight() : spectral.apply(conv.weight());
            Tensor h = Kernels.convolve(x, kernel, 2, 1); // (N, out, H / 2, W / 2)
            return activation.apply(bn == null ? h : BatchNorm.apply(bn, h)); // (N, out, H / 2, W / 2)
        });
    }
}
