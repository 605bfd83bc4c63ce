package dev.calotype.restoration;

import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.StoppingRule;
import java.io.IOException;
import java.util.Map;

/** The settings of one kind of method, checked. */
interface MethodSettings {
    /**
     * The restorer for one observation.
     *
     * @throws IOException if weights cannot be read
     * @throws IllegalArgumentException if the equipment lacks something
     */
    Restorer restorer(Equipment equipment, Observation observation) throws IOException;

    /** Other rules that are to say what they would have answered in the same fit. */
    default Map<String, StoppingRule> jury(Observation observation) {
        return Map.of();
    }
}
