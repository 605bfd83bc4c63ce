package dev.calotype.checkpoint.vit;

import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import java.util.List;

/**
 * A vision transformer with what its weights mean.
 *
 * @param network owned by whom it was made for
 * @param classes their names in the order of the logits; empty for a network that gives features alone
 * @param pixels what it wants pictures to be
 */
public record PretrainedVit(VisionTransformer network, List<String> classes, Standardization pixels) {
    public PretrainedVit {
        classes = List.copyOf(classes);
        if (classes.size() != network.ports().classes())
            throw new IllegalArgumentException("classes must name the "
                    + network.ports().classes() + " classes of the network: " + classes.size());
        if (pixels.mean().size() != network.ports().channels())
            throw new IllegalArgumentException("mean and deviation must be those of the "
                    + network.ports().channels() + " channels of the network: " + pixels.mean());
    }
}
