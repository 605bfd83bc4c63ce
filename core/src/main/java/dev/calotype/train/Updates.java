package dev.calotype.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A rule by which flat weights follow their gradients, with what it remembers of earlier ones. */
interface Updates extends AutoCloseable {
    /** Begins update number {@code step}, counted from 1, at {@code rate}. */
    void begin(long step, double rate);

    /** Updates the master weights of a stretch by its gradient; stretches may be updated at the same time. */
    void update(FlatParameters.Stretch stretch, double rate);

    /** The weights that are the result and that moving averages follow, flat: the master where the rule has no others. */
    Tensor result();

    /** What is remembered of each weight, by the beginning of its name, as flat buffers. */
    Map<String, Tensor> buffers();

    /** What else is remembered, by its name. */
    default Map<String, Tensor> others() {
        return Map.of();
    }

    @Override
    void close();
}
