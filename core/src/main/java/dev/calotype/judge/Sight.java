package dev.calotype.judge;

import dev.calotype.metric.Comparison;
import java.util.List;

/**
 * Two sides that have been seen.
 *
 * @param judge who has seen them
 * @param plan what is to be computed
 * @param generated the one side, {@code fake} what was seen of it
 * @param real the other side, {@code reference} what was seen of it
 * @param caveats to which is added what a reader must know
 */
record Sight(
        Judge judge,
        Judge.Plan plan,
        PictureSource generated,
        PictureSource real,
        Side fake,
        Side reference,
        List<String> caveats) {
    /** Both sides in the eyes of the network. */
    Comparison comparison() {
        return Comparison.of(reference.features(), fake.features());
    }
}
