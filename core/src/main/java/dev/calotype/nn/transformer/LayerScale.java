package dev.calotype.nn.transformer;

import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** LayerScale (Touvron et al. 2021): a learned factor for each value of the tokens of a residual branch. */
final class LayerScale extends Module {
    private final Tensor gamma;

    /** @param start of all factors, above 0 */
    LayerScale(int width, double start) {
        super("LayerScale");
        gamma = torch.full(new long[] {width}, new Scalar(start)).requires_grad_(true);
        register_parameter("gamma", gamma);
    }

    /** @param x (..., D) */
    Tensor forward(Tensor x) {
        return x.mul(gamma); // (..., D)
    }
}
