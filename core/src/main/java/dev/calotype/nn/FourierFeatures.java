package dev.calotype.nn;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Sines and cosines of a noise level's logarithm at random frequencies (Tancik et al. 2020; Song et al. 2021). */
public final class FourierFeatures extends Module {
    private static final double SPREAD = 16;

    private final Tensor weight; // (frequencies)

    /** Features whose frequencies are about to be loaded; until then they are 1. */
    public FourierFeatures(int frequencies) {
        super("FourierFeatures");
        weight = register_parameter("weight", torch.ones(frequencies));
    }

    /** Draws the frequencies from N(0, 16^2), as Song et al. do. */
    public void draw(Rng rng) {
        Scope.read(() -> weight.copy_(Tensors.scale(SPREAD, rng.normal(weight.size(0)))));
    }

    /** (N) positive levels to (N, 2 frequencies), sines first. */
    public Tensor forward(Tensor levels) {
        Tensor rows = weight.to(Tensors.dtype(levels)).unsqueeze(0); // (1, frequencies)
        Tensor angles = levels.log().unsqueeze(1).mul(rows).mul(new Scalar(2 * Math.PI)); // (N, frequencies)
        return Tensors.cat(1, angles.sin(), angles.cos()); // (N, 2 frequencies)
    }
}
