package dev.calotype.metric;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * At most {@code capacity} feature vectors of a stream of any length: all while they fit, beyond that a uniform sample
 * without replacement (algorithm R, Vitter 1985). For the measures that need the vectors themselves. Holds fp32 on the
 * Java heap (82 MB for 10,000 vectors of 2048 values).
 */
public final class FeatureReservoir {
    private final int dimensions;
    private final int capacity;
    private final Rng rng;
    private final List<float[]> rows = new ArrayList<>();
    private final List<Long> positions = new ArrayList<>();
    private long seen;

    /** Room for {@code capacity} vectors of {@code dimensions} values, both at least 1; {@code rng} chooses who stays. */
    public FeatureReservoir(int dimensions, int capacity, Rng rng) {
        if (dimensions < 1) throw new IllegalArgumentException("dimensions must be at least 1: " + dimensions);
        if (capacity < 1) throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        this.dimensions = dimensions;
        this.capacity = capacity;
        this.rng = rng;
    }

    /** Offers a batch (N, D) of finite values. */
    public void add(Tensor features) {
        Features.require("features", features, dimensions);
        float[] values = Tensors.floats(features);
        for (int i = 0; i < features.size(0); i++) {
            long place = seen < capacity ? seen : rng.nextLong(seen + 1);
            seen++;
            if (place >= capacity) continue;
            float[] row = new float[dimensions];
            System.arraycopy(values, i * dimensions, row, 0, dimensions);
            if (place == rows.size()) {
                rows.add(row);
                positions.add(seen - 1);
            } else {
                rows.set((int) place, row);
                positions.set((int) place, seen - 1);
            }
        }
    }

    /** A full or unfilled reservoir that is only read from now on. */
    static FeatureReservoir restore(int capacity, Tensor held, long[] positions, long seen) {
        int dimensions = Math.toIntExact(held.size(1));
        FeatureReservoir reservoir = new FeatureReservoir(dimensions, capacity, Rng.of(0));
        reservoir.add(held);
        reservoir.seen = seen;
        for (int i = 0; i < positions.length; i++) reservoir.positions.set(i, positions[i]);
        return reservoir;
    }

    /** How many vectors were offered. */
    public long seen() {
        return seen;
    }

    /** How many vectors are held, at most the capacity. */
    public int size() {
        return rows.size();
    }

    /** Where each of the vectors held came in the stream, from 0 on. */
    public long[] positions() {
        return positions.stream().mapToLong(Long::longValue).toArray();
    }

    /** The vectors held, fp32 (size, D), in the caller's scope; in the order of the stream while all fit. */
    public Tensor tensor() {
        float[] values = new float[Math.multiplyExact(rows.size(), dimensions)];
        for (int i = 0; i < rows.size(); i++) System.arraycopy(rows.get(i), 0, values, i * dimensions, dimensions);
        return Tensors.of(values, rows.size(), dimensions);
    }
}
