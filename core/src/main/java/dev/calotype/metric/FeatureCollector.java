package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.Iterator;
import org.bytedeco.pytorch.Tensor;

/**
 * One side of an evaluation: pictures go in batch by batch, their statistics and a bounded sample of their features stay.
 * The collector of the real pictures can serve any number of evaluations. Borrows its network.
 */
public final class FeatureCollector {
    private final FeatureNetwork network;
    private final EvaluationProtocol protocol;
    private final FeatureStatistics statistics;
    private final FeatureReservoir reservoir;

    public FeatureCollector(FeatureNetwork network, EvaluationProtocol protocol) {
        this.network = network;
        this.protocol = protocol;
        this.statistics = new FeatureStatistics(network.dimensions());
        this.reservoir = new FeatureReservoir(network.dimensions(), protocol.capacity(), Rng.of(protocol.seed()));
    }

    /** Adds a batch of uint8 pixels (N, C, H, W). */
    public void add(Tensor pixels) {
        Scope.run(() -> {
            Tensor features = network.features(pixels); // (N, D)
            statistics.add(features);
            reservoir.add(features);
        });
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
