package dev.calotype.experiment;

import dev.calotype.tensor.Placement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model out of a run or a checkpoint, with the averaged weights; {@link #as} tells what it can do.
 *
 * <p>Several threads may use one model at the same time; every image is the same as if one thread had drawn it.
 * {@link #close} waits until those that are at work are done; whoever comes afterwards gets an IllegalStateException.
 */
public interface TrainedModel extends AutoCloseable {
    Experiment experiment();

    /** Where the network computes. */
    Placement placement();

    /** Training steps behind the weights. */
    long step();

    /** SHA-256 of the averaged weights. */
    String hash();

    /**
     * This model as one that can do something.
     *
     * @throws IllegalArgumentException if it cannot
     */
    default <T extends TrainedModel> T as(Capability<T> capability) {
        Kinds.require(experiment(), capability, experiment().name());
        return capability.type().cast(this);
    }

    /** The texts of an image that say which weights drew it, and on what. */
    default Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Software", "Calotype");
        origin.put("experiment", experiment().name());
        origin.put("step", String.valueOf(step()));
        origin.put("weights", hash());
        origin.put("computed", "on " + placement());
        return origin;
    }

    @Override
    void close();
}
