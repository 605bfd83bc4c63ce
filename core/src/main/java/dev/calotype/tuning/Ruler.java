package dev.calotype.tuning;

import dev.calotype.metric.Diversity;
import dev.calotype.metric.NearestNeighbours;
import dev.calotype.tensor.Scope;
import dev.calotype.train.adapt.Factors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What pictures of the subject are held against, in the scope of who made it.
 *
 * @param subject of held-out pictures of it, fp32 (M, D)
 * @param centre the mean of what the base knew, fp32 (D)
 */
record Ruler(Tensor subject, Tensor centre) {
    /** The mean of the highest cosine similarity of each row to a held-out one, from the mean of what the base knew. */
    double identity(Tensor drawn) {
        return Scope.read(() -> {
            Tensor x = directions(drawn.sub(centre));
            Tensor y = directions(subject.sub(centre));
            return x.matmul(y.t()).topk(1, 1, true, true).get0().mean().item_double();
        });
    }

    private static Tensor directions(Tensor rows) {
        return rows.div(Factors.lengths(rows).add(new Scalar(1e-12)));
    }

    /** How far the rows are apart, over how far held-out ones are. */
    double diversity(Tensor drawn) {
        return Diversity.meanDistance(drawn) / Diversity.meanDistance(subject);
    }

    /** The share of the rows that look like copies of one that was learned from; NaN where fewer than two are known. */
    static double copies(Tensor learned, Tensor drawn) {
        return learned.size(0) < 2
                ? Double.NaN
                : NearestNeighbours.of(learned, drawn, 1).copies();
    }
}
