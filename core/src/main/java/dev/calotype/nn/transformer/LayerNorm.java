package dev.calotype.nn.transformer;

import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LayerNormOptions;
import org.bytedeco.pytorch.LongVector;

/** Layer normalisation (Ba et al. 2016) of the values of each token. */
public final class LayerNorm {
    private LayerNorm() {}

    /** The normalisation of the last dimension, which has {@code width} values, with an affine map. */
    public static LayerNormImpl of(long width, double epsilon) {
        LayerNormOptions options = new LayerNormOptions(new LongVector(new long[] {width}));
        options.eps().put(epsilon);
        return new LayerNormImpl(options);
    }
}
