package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Makes an estimate of an image and says how wrong it is, without the truth. */
public interface ErrorEstimate {
    /**
     * The estimate of {@code restorer} with its error.
     *
     * @return in the caller's scope
     */
    Judged judge(Restorer restorer, Observation observation, Rng rng, Budget budget, Watcher watcher);

    /**
     * An estimate and its error.
     *
     * @param restored what the restorer answered
     * @param error the root of the mean squared error over all values, at least 0
     */
    record Judged(Restorer.Restored restored, double error) {}

    /**
     * Believes the error that it is told: to compare with.
     *
     * @param error at least 0
     */
    record Given(double error) implements ErrorEstimate {
        @Override
        public Judged judge(Restorer restorer, Observation observation, Rng rng, Budget budget, Watcher watcher) {
            return new Judged(restorer.restore(observation, rng, budget, watcher), error);
        }
    }

    /**
     * Hides some observed pixels from the restorer and looks how well it guesses them. Their noise is independent of the
     * estimate, so that E|y − A x̂|² = σ² + E|A e|² without bias. Where A sees only a part of an error, such as a
     * reduced picture, the error is taken to be white.
     *
     * @param share of the observed pixels, in (0, 1)
     */
    record HeldOut(double share) implements ErrorEstimate {
        public HeldOut {
            if (!(share > 0 && share < 1)) throw new IllegalArgumentException("share must be in (0, 1): " + share);
        }

        @Override
        public Judged judge(Restorer restorer, Observation observation, Rng rng, Budget budget, Watcher watcher) {
            Masking shown = shown(observation, rng.fork(0));
            Observation rest = observation.seenAt(shown.mask(observation.image()));
            Restorer.Restored restored = restorer.restore(rest, rng.fork(1), budget, watcher);
            double error = Scope.read(() -> error(observation, restored.image(), shown, rng.fork(2)));
            return new Judged(restored, error);
        }

        /** Of the pixels that are observed at all at least one is hidden, and one shown. */
        private Masking shown(Observation observation, Rng rng) {
            int height = (int) observation.image().size(2),
                    width = (int) observation.image().size(3);
            float[] reached = Scope.read(() -> Tensors.floats(reach(observation, rng.fork(0))));
            int[] seen = IntStream.range(0, height * width)
                    .filter(i -> reached[i] != 0)
                    .toArray();
            byte[] kept = new byte[height * width];
            Arrays.fill(kept, (byte) 1);
            if (seen.length < 2)
                throw new IllegalArgumentException(
                        "at least 2 pixels must be observed, that one can be held out: " + seen.length);
            int hidden = (int) Math.max(1, Math.min(seen.length - 1, Math.round(share * seen.length)));
            for (int i = 0; i < hidden; i++) {
                int j = i + rng.nextInt(seen.length - i);
                kept[seen[j]] = 0;
                seen[j] = seen[i];
            }
            return new Masking(height, width, kept);
        }

        /** What A makes of noise, in the first channel: 0 where it sees nothing. */
        private static Tensor reach(Observation observation, Rng rng) {
            LinearOperator.Size size = observation.size();
            long channels = observation.image().size(1);
            Tensor noise = Tensors.as(rng.normal(1, channels, size.height(), size.width()), observation.image());
            return observation.operator().apply(noise).narrow(1, 0, 1); // (1, 1, H', W')
        }

        private static double error(Observation observation, Tensor image, Masking shown, Rng rng) {
            LinearOperator a = observation.operator();
            Tensor hidden = shown.mask(observation.image()).neg().add(new Scalar(1)); // (1, 1, H', W')
            double count = hidden.sum().item_double() * observation.image().size(1);
            Tensor residual = observation.image().sub(a.apply(image)).mul(hidden); // (1, C, H', W')
            double seen = residual.square().sum().item_double() / count - observation.sigma() * observation.sigma();
            Tensor probe = rng.normalLike(observation.image()).mul(hidden); // (1, C, H', W')
            double gain = a.adjoint(probe).square().sum().item_double() / count; // of the variance of a white error
            return Math.sqrt(Math.max(0, seen) / gain);
        }
    }

    /**
     * Makes two estimates, each in half of the budget, and takes their mean. They differ by twice the variance v that comes
     * from chance; what they have in common cannot be seen and is guessed at half of v, so that the mean is off by v.
     */
    record Disagreement() implements ErrorEstimate {
        @Override
        public Judged judge(Restorer restorer, Observation observation, Rng rng, Budget budget, Watcher watcher) {
            Budget half = budget.part(0.5);
            double[] difference = new double[1];
            int[] iterations = new int[1];
            Tensor mean = Scope.tidy(
                    () -> { // with gradients, which a fit needs
                        Restorer.Restored one = restorer.restore(observation, rng.fork(0), half, watcher);
                        Restorer.Restored two =
                                restorer.restore(observation, rng.fork(1), half, watcher.after(one.iterations()));
                        difference[0] =
                                one.image().sub(two.image()).square().mean().item_double();
                        iterations[0] = one.iterations() + two.iterations();
                        return Tensors.combine(0.5, one.image(), 0.5, two.image()); // (1, C, H, W)
                    });
            Restorer.Restored both = new Restorer.Restored(mean, iterations[0], iterations[0]);
            return new Judged(both, Math.sqrt(difference[0] / 2));
        }
    }
}
