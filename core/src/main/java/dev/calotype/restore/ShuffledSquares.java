package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Exchanges some squares of a picture among each other, in a ring of random order: what is where is lost, and nothing else.
 *
 * @param side of a square in pixels, a divisor of the picture's
 * @param share of the squares that are moved, 0..1; two at least
 */
public record ShuffledSquares(int side, double share) {
    /** The damaged pictures, (N, 3, S, S) as those given, each in an order of its own. */
    public Tensor apply(Tensor x, Rng rng) {
        Tensor[] pictures = new Tensor[(int) x.size(0)];
        for (int i = 0; i < pictures.length; i++) pictures[i] = one(x.narrow(0, i, 1), rng);
        return Tensors.cat(0, pictures);
    }

    private Tensor one(Tensor x, Rng rng) {
        int cells = (int) x.size(2) / side;
        int[] from = sources(cells * cells, rng);
        Tensor split = x.reshape(3, cells, side, cells, side).permute(1, 3, 0, 2, 4);
        Tensor squares = split.reshape(from.length, 3, side, side);
        Tensor back = squares.index_select(0, Tensors.of(from)).reshape(cells, cells, 3, side, side);
        return back.permute(2, 0, 3, 1, 4).reshape(1, 3, x.size(2), x.size(3));
    }

    /** Where each of {@code count} squares is taken from. */
    private int[] sources(int count, Rng rng) {
        int[] order = new int[count], from = new int[count];
        for (int i = 0; i < count; i++) {
            from[i] = i;
            int j = rng.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        int moved = Math.max(2, (int) Math.round(share * count));
        for (int i = 0; i < moved; i++) from[order[i]] = order[(i + 1) % moved];
        return from;
    }
}
