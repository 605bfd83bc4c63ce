package dev.calotype.kind.prior;

import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.tensor.Scope;
import java.util.function.DoubleFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Linear regression that is held back: W = (T'T + l I)^-1 T'P of captions T and pictures P without their means. How much, l, is the
 * one of {@value #CHOICES} powers of ten, times the mean square of a value, whose map tells every tenth pair best from the others.
 */
final class Ridge {
    private static final int CHOICES = 9, TENTH = 10;
    private static final double LEAST = 1e-7;
    /** Bytes of each value of a pair of vectors: as they are, in fp64, centred, once more for the error, and rows that are set apart. */
    private static final int OF_PAIRS = 88;

    private static final int OF_MAP = 64; // of the map: in fp64, with what it is made of

    /**
     * What was found.
     *
     * @param weight fp32 (E, E), outputs first
     * @param bias fp32 (E)
     * @param penalty l, as a share of the mean square of a value
     * @param error the mean squared error on the pairs that it was found from
     */
    record Solution(Tensor weight, Tensor bias, double penalty, double error) {}

    private Ridge() {}

    /** The most bytes that finding the solution for {@code count} pairs of vectors of so many values takes at once. */
    static long memory(long count, long length) {
        return count * length * OF_PAIRS + length * length * OF_MAP;
    }

    /** The solution for all pairs, its tensors in the caller's scope. */
    static Solution of(EmbeddedPairs pairs) {
        double penalty = chosen(pairs);
        double[] error = new double[1];
        Tensor[] found = Scope.tidyAll(() -> {
            Problem problem = Problem.of(pairs);
            Tensor map = problem.map(penalty); // (E, E), inputs first
            Tensor bias = problem.pictureMean.sub(problem.textMean.matmul(map)); // (1, E)
            error[0] = error(pairs, map, bias);
            return new Tensor[] {
                map.t().contiguous().to(ScalarType.Float), bias.flatten(0, -1).to(ScalarType.Float)
            };
        });
        return new Solution(found[0], found[1], penalty, error[0]);
    }

    private static double chosen(EmbeddedPairs pairs) {
        EmbeddedPairs most = pairs.rows(rows(pairs, i -> i % TENTH != 0));
        EmbeddedPairs rest = pairs.rows(rows(pairs, i -> i % TENTH == 0));
        return Scope.read(() -> {
            Problem problem = Problem.of(most);
            DoubleFunction<Double> error = penalty -> Scope.read(() -> {
                Tensor map = problem.map(penalty);
                return error(rest, map, problem.pictureMean.sub(problem.textMean.matmul(map)));
            });
            double best = LEAST;
            for (int i = 1; i < CHOICES; i++) {
                double penalty = LEAST * Math.pow(10, i);
                if (error.apply(penalty) < error.apply(best)) best = penalty;
            }
            return best;
        });
    }

    private static int[] rows(EmbeddedPairs pairs, IntPredicate wanted) {
        return IntStream.range(0, pairs.count()).filter(wanted).toArray();
    }

    private static double error(EmbeddedPairs pairs, Tensor map, Tensor bias) {
        return Scope.read(
                () -> torch.mse_loss(exact(pairs.textVectors()).matmul(map).add(bias), exact(pairs.pictureVectors()))
                        .item_double());
    }

    private static Tensor exact(Tensor x) {
        return x.to(ScalarType.Double);
    }

    /** T'T = V S V' and T'P of centred vectors. */
    private record Problem(Tensor textMean, Tensor pictureMean, Tensor values, Tensor vectors, Tensor right) {
        static Problem of(EmbeddedPairs pairs) {
            Tensor texts = exact(pairs.textVectors()), pictures = exact(pairs.pictureVectors()); // (N, E)
            Tensor textMean = texts.mean(new long[] {0}, true, new ScalarTypeOptional());
            Tensor pictureMean = pictures.mean(new long[] {0}, true, new ScalarTypeOptional());
            Tensor centred = texts.sub(textMean);
            T_TensorTensor_T split = torch.linalg_eigh(centred.t().matmul(centred));
            return new Problem(
                    textMean,
                    pictureMean,
                    split.get0(),
                    split.get1(),
                    centred.t().matmul(pictures.sub(pictureMean)));
        }

        Tensor map(double penalty) {
            double mean = Math.max(1e-30, values.mean().item_double());
            Tensor inverse = values.clamp_min(new Scalar(0.0))
                    .add(new Scalar(penalty * mean))
                    .reciprocal(); // (E)
            return vectors.mul(inverse).matmul(vectors.t()).matmul(right); // (E, E)
        }
    }
}
