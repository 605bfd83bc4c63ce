package dev.calotype.nn.adapt;

import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a layer adds to what it computes: y = W x + s B A x (LoRA, Hu et al. 2021), or with the lengths m of rows
 * y = m / ‖W + s B A‖ (W x + s B A x), where the norm counts as a constant (DoRA, Liu et al. 2024, section 4.3). A layer that does several
 * maps of its input at once has factors for each of them, or for some.
 */
public final class LowRank {
    /**
     * Factors of one map.
     *
     * @param down A, (r, in) or (r, in, k, k)
     * @param up B, (out, r) or (out, r, 1, 1)
     * @param magnitude m, (out), or null
     */
    public record Pair(Tensor down, Tensor up, Tensor magnitude) {
        long rank() {
            return down.size(0);
        }
    }

    /** How a layer applies A and then B. */
    interface Maps {
        Tensor of(Tensor x, Tensor down, Tensor up);
    }

    private final double scale;
    private final List<Pair> parts; // null where a map has none

    /**
     * @param scale s, alpha over the rank
     * @param parts of the maps that a layer does at once, in their order; null for none
     */
    public LowRank(double scale, Pair... parts) {
        this.scale = scale;
        this.parts = Arrays.asList(parts.clone());
        if (parts.length < 1 || this.parts.stream().allMatch(Objects::isNull))
            throw new IllegalArgumentException("factors must be of one map at least: " + parts.length);
    }

    /** What a layer makes of x with these, where it makes {@code plain} without. */
    Tensor beside(Tensor plain, Maps maps, Tensor x, Tensor weight, Tensor bias) {
        return Scope.tidy(() -> {
            Tensor added = maps.of(x, down(), Tensors.scale(scale, up(weight.size(0))));
            if (parts.stream().allMatch(part -> part == null || part.magnitude == null)) return plain.add(added);
            Tensor ratio = Tensors.as(ratio(weight), plain); // (out)
            Tensor shaped = plain.dim() == 4 ? ratio.reshape(1, -1, 1, 1) : ratio;
            if (bias == null || !bias.defined()) return plain.add(added).mul(shaped);
            Tensor offset = plain.dim() == 4 ? bias.reshape(1, -1, 1, 1) : bias;
            return plain.sub(offset).add(added).mul(shaped).add(offset);
        });
    }

    /** All A, one below the other. */
    private Tensor down() {
        Tensor[] all = parts.stream().filter(Objects::nonNull).map(Pair::down).toArray(Tensor[]::new);
        return all.length == 1 ? all[0] : Tensors.cat(0, all); // (sum of r, in)
    }

    /** All B, each in the rows of its map and the columns of its A, zeros elsewhere; (out, sum of r). */
    private Tensor up(long rows) {
        if (parts.size() == 1) return parts.get(0).up();
        long each = rows / parts.size();
        long columns =
                parts.stream().filter(Objects::nonNull).mapToLong(Pair::rank).sum();
        long before = 0;
        Tensor[] all = new Tensor[parts.size()];
        for (int i = 0; i < all.length; i++) {
            Pair part = parts.get(i);
            if (part == null) {
                all[i] = first().up().new_zeros(each, columns);
                continue;
            }
            all[i] = torch.constant_pad_nd(part.up().flatten(1, -1), before, columns - before - part.rank());
            before += part.rank();
        }
        return Tensors.cat(0, all);
    }

    private Pair first() {
        return parts.stream().filter(Objects::nonNull).findFirst().orElseThrow();
    }

    /** m / ‖W + s B A‖ by row, 1 where no lengths are learned; fp32 (out). */
    private Tensor ratio(Tensor weight) {
        long each = weight.size(0) / parts.size();
        Tensor[] all = new Tensor[parts.size()];
        for (int i = 0; i < all.length; i++) {
            Pair part = parts.get(i);
            Tensor rows = weight.narrow(0, i * each, each);
            all[i] = part == null || part.magnitude == null
                    ? exact(rows).new_ones(each)
                    : exact(part.magnitude).reshape(-1).div(Scope.inference(() -> lengths(rows, part)));
        }
        return Tensors.cat(0, all);
    }

    private Tensor lengths(Tensor rows, Pair part) {
        Tensor product = exact(part.up).flatten(1, -1).matmul(exact(part.down).flatten(1, -1)); // (out, in)
        Tensor sum = exact(rows).flatten(1, -1).add(product, new Scalar(scale)); // (out, in)
        return Tensors.sum(sum.square(), Tensors.dtype(sum), 1).sqrt(); // (out)
    }

    private static Tensor exact(Tensor x) {
        return x.to(Precision.FP32.dtype());
    }
}
