package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.UnaryOperator;
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
    private static final int PART = 32; // images

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
        return Scope.tidy(() -> {
            Tensor h = conv.forward(x); // (N, out, H', W')
            return activation.apply(settled ? standing(h) : BatchNorm.apply(bn, h)); // (N, out, H', W')
        });
    }

    /** Normalises by the statistics that stay; computed in fp32. */
    private Tensor standing(Tensor h) {
        Tensor gain =
                bn.weight().div(variance.add(new Scalar(BatchNorm.EPSILON)).sqrt()); // (out)
        Tensor shift = bn.bias().sub(mean.mul(gain)); // (out)
        Tensor normal = h.mul(gain.reshape(1, -1, 1, 1)).add(shift.reshape(1, -1, 1, 1)); // (N, out, H', W')
        return normal.to(Tensors.dtype(h));
    }

    /** {@link #forward}, whose statistics are those of all that follow. In parts: a batch that says much is large. */
    public Tensor settle(Tensor x) {
        Tensor[] parts = Tensors.list(x.split(PART, 0));
        Scope.read(() -> {
            mean.set_data(meanOf(parts, h -> h));
            variance.set_data(
                    meanOf(parts, h -> h.sub(mean.reshape(1, -1, 1, 1)).square()));
            return null;
        });
        settled = true;
        Tensor[] results = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) results[i] = forward(parts[i]); // (PART or less, out, H', W')
        return Tensors.cat(0, results); // (N, out, H', W')
    }

    /** The mean per channel of a function of what is normalised, (out), in fp32. */
    private Tensor meanOf(Tensor[] parts, UnaryOperator<Tensor> function) {
        Tensor sum = torch.zeros_like(bn.weight()).to(ScalarType.Double); // (out)
        long values = 0;
        for (Tensor x : parts)
            values += Scope.read(() -> {
                Tensor h = function.apply(conv.forward(x).to(ScalarType.Float)); // (PART or less, out, H', W')
                sum.add_(h.sum(0, 2, 3));
                return h.numel() / h.size(1);
            });
        return sum.div(new Scalar((double) values)).to(ScalarType.Float);
    }
}
