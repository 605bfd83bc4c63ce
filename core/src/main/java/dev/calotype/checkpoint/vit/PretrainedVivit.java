package dev.calotype.checkpoint.vit;

import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vivit.Vivit;
import java.util.List;

/**
 * A video vision transformer with what its weights mean.
 *
 * @param network owned by whom it was made for
 * @param classes their names in the order of the logits; empty for a network that gives features alone
 * @param pixels what it wants pictures to be
 * @param square pixels per side of what pictures are resized to before their middle is seen
 */
public record PretrainedVivit(Vivit network, List<String> classes, Standardization pixels, int square) {
    public PretrainedVivit {
        classes = List.copyOf(classes);
        if (classes.size() != network.ports().classes())
            throw new IllegalArgumentException("classes must name the "
                    + network.ports().classes() + " classes of the network: " + classes.size());
        if (square < network.ports().size())
            throw new IllegalArgumentException("square must be at least the "
                    + network.ports().size() + " pixels that the network sees: " + square);
    }
}
