package dev.calotype.model;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that makes a picture of a fixed input and is fitted to one picture alone: its structure is what it knows of
 * pictures (Ulyanov, Vedaldi &amp; Lempitsky 2018, arXiv:1711.10925).
 */
public abstract class PriorNetwork extends Module {
    /** How such a network is built; a value. */
    public interface Architecture {
        /**
         * A network with new weights.
         *
         * @param in channels of the input
         * @param out channels of the picture
         */
        PriorNetwork build(int in, int out, Rng rng);

        /** Height and width of a picture must be multiples of this. */
        int multiple();

        /** Height and width of a picture must be at least this; a multiple of {@link #multiple}. */
        int smallest();

        /** About how many values a fit keeps at once for each pixel of the picture. */
        int valuesPerPixel();

        /** How many times higher and wider than the input the picture is. */
        int enlargement();
    }

    protected PriorNetwork(String name) {
        super(name);
    }

    /**
     * @param z the input, (N, in, H / enlargement, W / enlargement)
     * @return fp32 (N, out, H, W) in [-1, 1]
     */
    public abstract Tensor forward(Tensor z);
}
