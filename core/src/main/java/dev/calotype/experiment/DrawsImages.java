package dev.calotype.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A trained model that draws images from random starts. */
public interface DrawsImages extends TrainedModel {
    @Override
    GenerativeExperiment experiment();

    /**
     * The images of a request.
     *
     * @throws IllegalArgumentException if the request is none of this model's, such as one for a class that it has not
     */
    Drawing drawing(Request request);

    /** The memory that drawing so many images at once is expected to need, where there is an estimate. */
    default Optional<MemoryEstimate> memory(Request request, int images) {
        return Optional.empty();
    }

    /** The texts of an image that say which weights drew it, on what and how. */
    default Map<String, String> origin(Request request) {
        Map<String, String> origin = new LinkedHashMap<>(origin());
        origin.put("seed", String.valueOf(request.seed()));
        origin.put("class", String.valueOf(request.label()));
        return origin;
    }
}
