package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A level of DCGAN's generator (Radford, Metz &amp; Chintala 2016, arXiv:1511.06434): a transposed 4 x 4 convolution,
 * batch normalisation, an activation.
 *
 * <p>The normalisation uses the statistics of the batch. After {@link #settle} it uses those of one batch, which stay, so
 * that a picture does not depend on those beside it.
 */
public final class UpsamplingUnit extends Module {
    private final ConvTranspose2dImpl conv;
    private final BatchNorm2dImpl bn;
    private final Activation activation;
    private final Tensor mean; // no buffer: it is no part of a checkpoint
    private final Tensor variance;
    private boolean settled;

    /** @param stride 2 doubles height and width; 1 makes 4 x 4 of 1 x 1 */
    public UpsamplingUnit(long in, long out, int stride, Activation activation) {
        super("UpsamplingUnit");
        conv = register_module("conv", Convolutions.transposed(in, out, stride));
        bn = register_module("bn", BatchNorm.of(out));
        mean = torch.zeros(out);
        variance = torch.ones(out);
        this.activation = activation;
    }

    /** (N, in, H, W) to (N, out, 2H, 2W), or (N, in, 1, 1) to (N, out, 4, 4). */
    public Tensor forward(Tensor x) {
        Tensor h = conv.forward(x); // (N, out, H', W')
        return activation.apply(settled ? standing(h) : BatchNorm.apply(bn, h));
    }

    /** Normalises by the statistics that stay; computed in fp32. */
    private Tensor standing(Tensor h) {
        Tensor gain =
                bn.weight().div(variance.add(new Scalar(BatchNorm.EPSILON)).sqrt()); // (out)
        Tensor shift = bn.bias().sub(mean.mul(gain)); // (out)
        Tensor normal = h.mul(gain.reshape(1, -1, 1, 1)).add(shift.reshape(1, -1, 1, 1)); // (N, out, H', W')
        return normal.to(Tensors.dtype(h));
    }

    /** {@link #forward}, whose statistics are those of all that follow. */
    public Tensor settle(Tensor x) {
        settled = true;
        Scope.read(() -> {
            Tensor h = conv.forward(x).to(ScalarType.Float).transpose(0, 1).flatten(1, 3); // (out, N H' W')
            mean.set_data(h.mean(1));
            variance.set_data(h.sub(mean.unsqueeze(1)).square().mean(1));
            return null;
        });
        return forward(x);
    }
}
