package dev.calotype.kind.prior;

import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.embedding.Retrieval;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Scores;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a prior is worth: how many pictures of captions that it has not learned from are found by their predicted vectors.
 *
 * @param pairs that are not learned from
 */
record PriorTest(EmbeddedPairs pairs) {
    private static final long SEED = 0x5EED;

    /** The share of captions whose picture is not found at once, with the other numbers as scores. */
    Appraisal appraise(Predictor predictor, Device device) {
        return Scope.read(() -> {
            Tensor pictures = pairs.pictureVectors(); // (N, E)
            Tensor predicted = predictor.all(pairs.textVectors(), device, SEED, 0); // (N, E)
            Retrieval.Recall found = Retrieval.of(pictures, predicted).pictures();
            double cosine = predicted.mul(pictures).sum(1).mean().item_double();
            Scores scores = Scores.NONE
                    .with("images", pairs.count())
                    .with("recall1", found.at1())
                    .with("recall5", found.at5())
                    .with("recall10", found.at10())
                    .with("cosine", cosine);
            return new Appraisal(1 - found.at1(), () -> Optional.of(scores));
        });
    }
}
