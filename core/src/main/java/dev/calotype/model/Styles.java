package dev.calotype.model;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What can be done to the w of a {@link StyleGan2Generator} before it becomes an image. */
public final class Styles {
    /** How often two styles are mixed in training (Karras et al. 2019, arXiv:1812.04948, table 2). */
    public static final double MIXING = 0.9;

    private Styles() {}

    /** (N, style), or already (N, layers, style), to (N, layers, style) with the same style at all layers. */
    public static Tensor everywhere(Tensor w, int layers) {
        return w.dim() == 3 ? w : w.unsqueeze(1).expand(-1, layers, -1);
    }

    /**
     * The styles {@code coarse} up to a layer and {@code fine} from there on.
     *
     * @param coarse (N, layers, style)
     * @param fine (N, layers, style)
     * @param crossovers for each image the first layer that is {@code fine}, 0..layers
     * @return (N, layers, style)
     */
    public static Tensor mix(Tensor coarse, Tensor fine, int... crossovers) {
        if (crossovers.length != coarse.size(0))
            throw new IllegalArgumentException(crossovers.length + " crossovers for a batch of " + coarse.size(0));
        return Scope.tidy(() -> {
            int layers = (int) coarse.size(1);
            float[] mask = new float[crossovers.length * layers];
            for (int i = 0; i < mask.length; i++) mask[i] = i % layers < crossovers[i / layers] ? 1 : 0;
            Tensor kept = Tensors.as(Tensors.of(mask, crossovers.length, layers, 1), coarse); // (N, layers, 1)
            return torch.where(kept.gt(new Scalar(0)), coarse, fine); // (N, layers, style)
        });
    }

    /**
     * Where training mixes: with probability {@link #MIXING} at a layer in 1..layers-1, otherwise nowhere.
     *
     * @return one crossover per image
     */
    public static int[] crossovers(int images, int layers, Rng rng) {
        int[] crossovers = new int[images];
        for (int i = 0; i < images; i++)
            crossovers[i] = rng.nextDouble() < MIXING ? 1 + rng.nextInt(layers - 1) : layers;
        return crossovers;
    }

    /**
     * Draws styles to their mean, for pictures that are more typical and less various (Karras et al. 2019, section B).
     *
     * @param w (..., style)
     * @param mean (style), see {@link StyleGan2Generator#meanStyle}
     * @param psi what is left of the distance, 1 for all of it
     */
    public static Tensor truncate(Tensor w, Tensor mean, double psi) {
        return Scope.tidy(() -> {
            Tensor centre = Tensors.as(mean, w); // (style)
            return centre.lerp(w, new Scalar(psi)); // (..., style)
        });
    }
}
