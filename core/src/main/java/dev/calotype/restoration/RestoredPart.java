package dev.calotype.restoration;

import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Unchanged;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.PointerScope;

/**
 * One part of a picture after its restoration, and what is to be said of it.
 *
 * @param image in [-1, 1], channel by channel
 */
record RestoredPart(float[] image, int width, int height, Evidence evidence) {
    /**
     * Restores a part.
     *
     * @param index of the part among those that are restored
     * @throws UncheckedIOException if weights cannot be read
     */
    static RestoredPart of(RestorationPlan plan, Equipment equipment, int index, Budget budget, StepWatcher watcher) {
        Tile tile = plan.layout().damaged().get(index);
        try (PointerScope scope = new PointerScope();
                StepWatcher.Part part = watcher.begin(index)) {
            Observation observation = new Observation(
                    plan.seen().part(tile.left(), tile.top(), tile.width(), tile.height()),
                    operator(plan, tile),
                    plan.sigma(),
                    plan.parts().feasible());
            if (watcher.isStopped()) return of(observation, asItWas(observation), Evidence.NONE);
            Restorer restorer = plan.chosen().method().restorer(equipment, observation);
            try {
                Rng rng = Rng.of(plan.request().seed()).fork(index);
                Restorer.Restored restored = restorer.restore(observation, rng, budget, part);
                part.end(restored);
                return of(
                        observation,
                        Tensors.floats(restored.image()),
                        Evidence.explained(observation, restored.image()));
            } catch (StepWatcher.Stopped stopped) {
                return of(observation, part.best().orElseGet(() -> asItWas(observation)), Evidence.NONE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RestoredPart of(Observation observation, float[] image, Evidence evidence) {
        LinearOperator.Size size = observation.size();
        return new RestoredPart(image, Math.toIntExact(size.width()), Math.toIntExact(size.height()), evidence);
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
    private static float[] asItWas(Observation observation) {
        return Tensors.floats(new Unchanged()
                .restore(observation, Rng.of(0), Budget.UNLIMITED, Watcher.NONE)
                .image());
    }
}
