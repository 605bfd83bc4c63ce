package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Unchanged;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;

/** One part of a picture after its restoration, and what is to be said of it. */
record RestoredPart(Picture picture, Evidence evidence) {
    /**
     * Restores a part.
     *
     * @param index of the part among those that are restored
     */
    static RestoredPart of(
            RestorationPlan plan, Equipment equipment, Tile tile, int index, Budget budget, StepWatcher watcher)
            throws IOException {
        Picture part = Images.crop(plan.file().colours(), tile.left(), tile.top(), tile.width(), tile.height());
        try (PointerScope scope = new PointerScope()) {
            Observation observation = new Observation(
                    Images.toTensor(part),
                    operator(plan, tile),
                    plan.sigma(),
                    plan.parts().feasible());
            if (watcher.isStopped()) return new RestoredPart(asItWas(observation), Evidence.NONE);
            Restorer restorer = plan.chosen().method().restorer(equipment, observation);
            try {
                Rng rng = Rng.of(plan.request().seed()).fork(index);
                Restorer.Restored restored = restorer.restore(observation, rng, budget, watcher);
                watcher.end(restored);
                return new RestoredPart(
                        Images.ofTensor(restored.image()), Evidence.explained(observation, restored.image()));
            } catch (StepWatcher.Stopped stopped) {
                return new RestoredPart(watcher.best().orElseGet(() -> asItWas(observation)), Evidence.NONE);
            }
        }
    }

    private static LinearOperator operator(RestorationPlan plan, Tile tile) {
        try {
            return plan.parts().operator(tile.left(), tile.top(), tile.width(), tile.height());
        } catch (IllegalArgumentException e) {
            if (plan.layout().tiles().isSingle()) throw e;
            throw new IllegalArgumentException(
                    "the part of " + tile.width() + " x " + tile.height() + " pixels at " + tile.left() + ", "
                            + tile.top() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Within a scope of the caller's. */
    private static Picture asItWas(Observation observation) {
        return Images.ofTensor(new Unchanged()
                .restore(observation, Rng.of(0), Budget.UNLIMITED, Watcher.NONE)
                .image());
    }
}
