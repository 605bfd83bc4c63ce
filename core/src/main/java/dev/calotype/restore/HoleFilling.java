package dev.calotype.restore;

import dev.calotype.nn.Convolutions;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fills holes smoothly by what surrounds them: known pixels are averaged over squares of growing size, and a hole takes the
 * colour of the smallest square that knows one (the pull and push of Gortler, Grzeszczuk, Szeliski &amp; Cohen, <em>The
 * Lumigraph</em>, 1996). What lay in the holes does not matter.
 */
public final class HoleFilling {
    private static final double TINY = 1e-6;

    private HoleFilling() {}

    /** The observation with its holes filled, (N, C, H, W). */
    public static Tensor of(Tensor seen, Masking mask) {
        return Scope.tidy(() -> filled(seen, mask.mask(seen)));
    }

    /** @param known (1, 1, H, W) of 1 and 0, somewhere 1 */
    private static Tensor filled(Tensor x, Tensor known) {
        if (known.min().item_double() > 0) return x;
        Tensor whole = even(x.mul(known)), weight = even(known); // (N, C, H', W'), (1, 1, H', W')
        Tensor share = torch.avg_pool2d(weight, 2);
        Tensor coarse = torch.avg_pool2d(whole, 2).div(share.clamp_min(new Scalar(TINY)));
        Tensor below = filled(coarse, share.gt(new Scalar(0.0)).to(ScalarType.Float)); // (N, C, H'/2, W'/2)
        Tensor up = Convolutions.upsampleBilinear(below).narrow(2, 0, x.size(2)).narrow(3, 0, x.size(3));
        return torch.where(known.gt(new Scalar(0.0)), x, up); // (N, C, H, W)
    }

    /** With a last row and column of nothing, if it has an odd number of them. */
    private static Tensor even(Tensor x) {
        Tensor rows = x.size(2) % 2 == 0 ? x : Tensors.cat(2, x, torch.zeros_like(x.narrow(2, 0, 1)));
        return rows.size(3) % 2 == 0 ? rows : Tensors.cat(3, rows, torch.zeros_like(rows.narrow(3, 0, 1)));
    }
}
