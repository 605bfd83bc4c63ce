package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * One side of an evaluation: pictures go in batch by batch, their statistics and a bounded sample of their features stay.
 * The collector of the real pictures can serve any number of evaluations. Borrows its network.
 */
public final class FeatureCollector {
    private static final String COUNTS = "counts";
    private static final String MEAN = "mean";
    private static final String MOMENTS = "moments";
    private static final String HELD = "held";
    private static final String POSITIONS = "positions"; // of what is held

    private final FeatureNetwork network;
    private final EvaluationProtocol protocol;
    private final FeatureStatistics statistics;
    private final FeatureReservoir reservoir;

    public FeatureCollector(FeatureNetwork network, EvaluationProtocol protocol) {
        this(
                network,
                protocol,
                new FeatureStatistics(network.dimensions()),
                new FeatureReservoir(network.dimensions(), protocol.capacity(), Rng.of(protocol.seed())));
    }

    private FeatureCollector(
            FeatureNetwork network,
            EvaluationProtocol protocol,
            FeatureStatistics statistics,
            FeatureReservoir reservoir) {
        this.network = network;
        this.protocol = protocol;
        this.statistics = statistics;
        this.reservoir = reservoir;
    }

    /**
     * The collector that {@link #state} was taken from, to be read and not added to.
     *
     * @throws IllegalArgumentException if {@code state} is not one of this network's dimensions
     */
    public static FeatureCollector restore(
            FeatureNetwork network, EvaluationProtocol protocol, Map<String, Tensor> state) {
        for (String name : List.of(COUNTS, MEAN, MOMENTS, HELD))
            if (!state.containsKey(name)) throw new IllegalArgumentException("these statistics lack " + name);
        double[] counts = Tensors.doubles(state.get(COUNTS));
        double[] mean = Tensors.doubles(state.get(MEAN));
        Tensor held = state.get(HELD);
        if (mean.length != network.dimensions() || held.dim() != 2 || held.size(1) != mean.length)
            throw new IllegalArgumentException("these statistics are of " + mean.length + " dimensions, "
                    + network.name() + " has " + network.dimensions());
        return new FeatureCollector(
                network,
                protocol,
                FeatureStatistics.restore((long) counts[0], mean, Tensors.doubles(state.get(MOMENTS))),
                FeatureReservoir.restore(
                        protocol.capacity(), held, positions(state, held.size(0), (long) counts[1]), (long) counts[1]));
    }

    /** All in their order where none were kept, as before there were any. */
    private static long[] positions(Map<String, Tensor> state, long held, long seen) {
        if (!state.containsKey(POSITIONS) && seen == held)
            return LongStream.range(0, held).toArray();
        double[] positions = state.containsKey(POSITIONS) ? Tensors.doubles(state.get(POSITIONS)) : new double[0];
        if (positions.length != held) throw new IllegalArgumentException("these statistics lack " + POSITIONS);
        return Arrays.stream(positions).mapToLong(position -> (long) position).toArray();
    }

    /** What is known of a set of pictures whose features nobody has any more: none are held. */
    public static FeatureCollector of(
            FeatureNetwork network, EvaluationProtocol protocol, FeatureStatistics statistics) {
        FeatureReservoir none =
                new FeatureReservoir(network.dimensions(), protocol.capacity(), Rng.of(protocol.seed()));
        return new FeatureCollector(network, protocol, statistics, none);
    }

    /** The same features held beside other statistics, such as those that a reference set was published with. */
    public FeatureCollector with(FeatureStatistics published) {
        return new FeatureCollector(network, protocol, published, reservoir);
    }

    /** All that was collected, in the caller's scope, exact to the last bit. */
    public Map<String, Tensor> state() {
        int d = statistics.dimensions();
        double[] places = LongStream.of(reservoir.positions()).asDoubleStream().toArray();
        Tensor positions = Tensors.ofDoubles(places, places.length);
        return Map.of(
                COUNTS, Tensors.ofDoubles(new double[] {statistics.count(), reservoir.seen()}, 2),
                MEAN, Tensors.ofDoubles(statistics.mean(), d),
                MOMENTS, Tensors.ofDoubles(statistics.moments(), d, d),
                HELD, reservoir.tensor(),
                POSITIONS, positions);
    }

    /** Adds a batch of uint8 pixels (N, C, H, W). */
    public void add(Tensor pixels) {
        Scope.run(() -> addFeatures(network.features(pixels)));
    }

    /** Adds pictures of which the network has given the features already, fp32 (N, D). */
    public void addFeatures(Tensor features) {
        statistics.add(features);
        reservoir.add(features);
    }

    /** Adds all batches of uint8 pixels (N, C, H, W); what the iteration makes is freed batch by batch. */
    public FeatureCollector addAll(Iterable<Tensor> batches) {
        Iterator<Tensor> iterator = batches.iterator();
        boolean[] more = {true};
        while (more[0])
            Scope.run(() -> {
                more[0] = iterator.hasNext();
                if (more[0]) add(iterator.next());
            });
        return this;
    }

    FeatureNetwork network() {
        return network;
    }

    EvaluationProtocol protocol() {
        return protocol;
    }

    /** Of all pictures. */
    public FeatureStatistics statistics() {
        return statistics;
    }

    /** Of at most {@link EvaluationProtocol#capacity()} pictures. */
    public FeatureReservoir reservoir() {
        return reservoir;
    }
}
