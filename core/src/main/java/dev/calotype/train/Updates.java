package dev.calotype.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A rule by which flat weights follow their gradients, with what it remembers of earlier ones. */
interface Updates extends AutoCloseable {
    /** Begins update number {@code step}, counted from 1. */
    void begin(long step);

    /** Updates the master weights of a stretch by its gradient; stretches may be updated at the same time. */
    void update(FlatParameters.Stretch stretch, double rate);

    /** What is remembered, by the beginning of its name, as flat buffers. */
    Map<String, Tensor> buffers();

    @Override
    void close();
}
