package dev.calotype.model.latent;

import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a {@link ControlNet} adds to the maps of a {@link LatentUNet}.
 *
 * @param skips for each skip connection, finest first, (N, width, h/f, w/f)
 * @param middle for what comes out of the middle
 */
public record Steering(List<Tensor> skips, Tensor middle) {
    private static final double LEAST = 0.1;

    public Steering {
        skips = List.copyOf(skips);
    }

    /** The same, weaker the finer the map: a tenth of the finest, all of the middle, and evenly in their logarithms between. */
    public Steering fading() {
        int count = skips.size();
        List<Tensor> weaker = new ArrayList<>();
        for (int i = 0; i < count; i++)
            weaker.add(Tensors.scale(LEAST * Math.pow(1 / LEAST, (double) i / count), skips.get(i)));
        return new Steering(weaker, middle);
    }

    /** The same for as many latents more to which nothing is added, which stand behind. */
    public Steering halved() {
        return new Steering(skips.stream().map(Steering::twice).toList(), twice(middle));
    }

    private static Tensor twice(Tensor map) {
        return Tensors.cat(0, map, torch.zeros_like(map)); // (2 N, width, h, w)
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
