package dev.calotype.model.latent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link ControlNet} adds to the maps of a {@link LatentUNet}.
 *
 * @param skips for each skip connection, finest first, (N, width, h/f, w/f)
 * @param middle for what comes out of the middle
 */
public record Steering(List<Tensor> skips, Tensor middle) {
    public Steering {
        skips = List.copyOf(skips);
    }

    /** Skip connections, the coarsest on top, with what belongs to each added; what they were is freed. */
    Deque<Tensor> added(Deque<Tensor> plain) {
        if (plain.size() != skips.size())
            throw new IllegalArgumentException(
                    "the network has " + plain.size() + " skip connections: " + skips.size());
        Deque<Tensor> steered = new ArrayDeque<>();
        Iterator<Tensor> finest = plain.descendingIterator();
        for (Tensor map : skips) {
            Tensor before = finest.next();
            steered.push(before.add(map)); // (N, width, h/f, w/f)
            before.close();
        }
        return steered;
    }
}
