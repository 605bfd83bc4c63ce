package dev.calotype.nn.transformer;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Self-attention among the tokens of a clip, (N, T, S, D), whose heads are divided in equal parts among axes: each head looks along
 * one of them. Parameter names are those of {@link SelfAttention}.
 */
final class AxisAttention extends Module {
    /** What a token looks at. */
    enum Axis {
        /** The tokens of its own moment. */
        SPACE(3),
        /** The tokens of its own place. */
        TIME(2);

        /** Which dimension of (3, N, T, S, heads, d) is looked along. */
        private final int dimension;

        Axis(int dimension) {
            this.dimension = dimension;
        }
    }

    private final int heads;
    private final List<Axis> axes;
    private final LinearImpl qkv;
    private final LinearImpl proj;

    /** @throws IllegalArgumentException unless {@code heads} divides {@code width}, and the axes divide the heads */
    AxisAttention(int width, int heads, Axis... axes) {
        super("AxisAttention");
        if (heads < 1 || width % heads != 0)
            throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
        if (heads % axes.length != 0)
            throw new IllegalArgumentException("heads must be a multiple of " + axes.length + ": " + heads);
        this.heads = heads;
        this.axes = List.of(axes);
        qkv = register_module("qkv", Blank.filled(width, 3L * width));
        proj = register_module("proj", Blank.filled(width, width));
    }

    /** Whether all heads look in time. */
    boolean alongTime() {
        return axes.equals(List.of(Axis.TIME));
    }

    /** Its last map, whose weight and bias are 0 where the attention is to begin as nothing. */
    LinearImpl output() {
        return proj;
    }

    /** @param x (N, T, S, D) */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor parts = project(x); // (3, N, T, S, heads, d)
            Tensor[] mixed = new Tensor[axes.size()];
            for (int i = 0; i < mixed.length; i++) {
                Axis axis = axes.get(i);
                Tensor some = some(parts, i); // (3, N, T, S, heads / axes, d)
                mixed[i] = Scope.tidy(() -> attend(some, axis)); // (N, T, S, heads / axes, d)
            }
            Tensor all = mixed.length == 1 ? mixed[0] : Tensors.cat(3, mixed); // (N, T, S, heads, d)
            return proj.forward(all.reshape(x.size(0), x.size(1), x.size(2), x.size(3))); // (N, T, S, D)
        });
    }

    private Tensor project(Tensor x) {
        long n = x.size(0), t = x.size(1), s = x.size(2), width = x.size(3);
        return qkv.forward(x)
                .reshape(n, t, s, 3, heads, width / heads)
                .permute(3, 0, 1, 2, 4, 5); // (3, N, T, S, heads, d)
    }

    private Tensor some(Tensor parts, int index) {
        long share = heads / axes.size();
        return parts.narrow(4, index * share, share);
    }

    /** Queries, keys and values with the axis that is looked along second to last: 3 of (N others, heads, length, d). */
    private static Tensor[] along(Tensor parts, Axis axis) {
        int other = Axis.SPACE.dimension + Axis.TIME.dimension - axis.dimension;
        long n = parts.size(1) * parts.size(other), length = parts.size(axis.dimension);
        return Tensors.list(parts.permute(0, 1, other, 4, axis.dimension, 5)
                .reshape(3, n, parts.size(4), length, parts.size(5))
                .unbind(0));
    }

    private static Tensor attend(Tensor parts, Axis axis) {
        Tensor[] three = along(parts, axis); // 3 of (N others, heads, length, d)
        Tensor mixed = Attention.attend(three[0], three[1], three[2]); // (N others, heads, length, d)
        long n = parts.size(1), heads = parts.size(4), length = parts.size(axis.dimension), d = parts.size(5);
        Tensor apart = mixed.reshape(n, -1, heads, length, d); // (N, others, heads, length, d)
        return axis == Axis.SPACE ? apart.permute(0, 1, 3, 2, 4) : apart.permute(0, 3, 1, 2, 4); // (N, T, S, heads, d)
    }

    /**
     * One step of attention roll-out, from what comes out of this attention and the branch around it to what goes in.
     *
     * @param x (N, T, S, D)
     * @param shares of each token in what comes out, (N, T, S)
     */
    Tensor rollOut(Tensor x, Tensor shares) {
        return Scope.tidy(() -> {
            Tensor parts = project(x).to(ScalarType.Float); // (3, N, T, S, heads, d)
            Tensor sum = shares.mul(new Scalar(0.5)); // (N, T, S)
            for (int i = 0; i < axes.size(); i++) {
                Axis axis = axes.get(i);
                Tensor[] three = along(some(parts, i), axis); // 3 of (N others, heads / axes, length, d)
                long rows = three[0].size(0), length = three[0].size(2);
                Tensor maps = Attention.weights(three[0], three[1], Sight.ALL)
                        .reshape(rows, -1, length, length)
                        .mean(1); // (N others, length, length)
                Tensor ordered = axis == Axis.SPACE ? shares : shares.transpose(1, 2); // (N, others, length)
                Tensor moved = through(ordered, maps); // (N, others, length)
                sum = sum.add(
                        axis == Axis.SPACE ? moved : moved.transpose(1, 2), new Scalar(0.5 / axes.size())); // (N, T, S)
            }
            return sum;
        });
    }

    private static Tensor through(Tensor shares, Tensor maps) {
        long length = shares.size(2);
        return shares.reshape(-1, 1, length).bmm(maps).reshape(shares.size(0), shares.size(1), length);
    }
}
