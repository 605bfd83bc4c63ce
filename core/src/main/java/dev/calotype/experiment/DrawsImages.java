package dev.calotype.experiment;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A trained model that draws images from random starts. */
public interface DrawsImages extends TrainedModel {
    /** The most images that are drawn at once. */
    int MOST_AT_ONCE = 64;

    @Override
    GenerativeExperiment experiment();

    /**
     * The images of a request.
     *
     * @throws IllegalArgumentException if the request is none of this model's, such as one for a class that it has not
     */
    Drawing drawing(Request request);

    /**
     * Images of several requests, at once where the model can: each is the one that {@link #drawing} makes.
     *
     * @param wanted at least one; all are drawn in the same way and each shows what its own request says
     * @param watcher told of steps, which are images where the model has no smaller ones
     * @return fp32 (N, C, H, W) in [-1, 1], in the order of {@code wanted}
     * @throws IllegalArgumentException if a request is none of this model's
     */
    default Tensor images(List<Drawing.Wanted> wanted, Drawing.Watcher watcher) {
        return Scope.tidy(() -> {
            Tensor[] images = new Tensor[wanted.size()];
            for (int i = 0; i < images.length; i++) {
                Drawing.Wanted one = wanted.get(i);
                Tensor image = drawing(one.request()).images(one.index(), 1);
                images[i] = image;
                watcher.step(i + 1, images.length, () -> image.expand(images.length, -1, -1, -1));
            }
            return Tensors.cat(0, images);
        });
    }

    /** The memory that drawing so many images at once is expected to need, where there is an estimate. */
    default Optional<MemoryEstimate> memory(Request request, int images) {
        return Optional.empty();
    }

    /** How many of so many images are to be drawn at once: as many as fit into what memory is free, at least 1. */
    default int atOnce(Request request, int most) {
        return MemoryEstimate.atOnce(1, most, images -> memory(request, images)
                .map(MemoryEstimate::fits)
                .orElse(true));
    }

    /** The texts of an image that say which weights drew it, on what and how. */
    default Map<String, String> origin(Request request) {
        Map<String, String> origin = new LinkedHashMap<>(origin());
        origin.put("seed", String.valueOf(request.seed()));
        origin.put("class", String.valueOf(request.label()));
        return origin;
    }
}
