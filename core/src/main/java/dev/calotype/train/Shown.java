package dev.calotype.train;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.model.Condition;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network sees of a batch and is told of it.
 *
 * @param clean fp32 (N, C, H, W), before any noise
 */
public record Shown(Tensor clean, Condition condition) {
    /** How batches are shown. */
    public record Way(
            DiffusionObjective.Subject subject,
            Conditioning conditioning,
            Optional<NonLeakingAugmentation> augmentation) {
        /** The same with samples as they are. */
        public Way unchanged() {
            return new Way(subject, conditioning, Optional.empty());
        }

        /**
         * A batch in the caller's scope.
         *
         * @param rng of the whole question: its forks 2 and 4 are drawn from
         */
        public Shown of(Batch batch, Device device, Rng rng) {
            Tensor clean = subject.of(batch, device); // (N, C, H, W)
            Condition condition = conditioning.of(batch, rng.fork(2));
            if (augmentation.isEmpty()) return new Shown(clean, condition);
            NonLeakingAugmentation.Changed changed = augmentation.get().of(clean, rng.fork(4));
            return new Shown(changed.images(), condition.with(Columns.CHANGES, changed.changes()));
        }
    }
}
