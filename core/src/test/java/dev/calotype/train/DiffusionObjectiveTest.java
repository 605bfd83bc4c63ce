package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.diffusion.Weighting;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.nn.Recomputation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffusionObjectiveTest {
    private static final int IMAGES = 7, NO_CLASS = 5;

    /** An answer that tells images, times and classes apart; notes how many images it is asked for at once. */
    private static final class Asked extends DiffusionNetwork {
        private final List<Integer> counts = new ArrayList<>();

        Asked() {
            super("Asked");
        }

        @Override
        public Tensor forward(Tensor x, Tensor times, Condition condition) {
            counts.add((int) x.size(0));
            double[] labels = new double[condition.labels().length];
            for (int i = 0; i < labels.length; i++) labels[i] = 0.1 * condition.labels()[i];
            return x.mul(Tensors.perSample(labels, x)).add(times.view(-1, 1, 1, 1));
        }

        @Override
        public void reseed(long seed) {}

        @Override
        public void recompute(Recomputation.Policy policy) {}
    }

    private static DiffusionObjective objective() {
        return objective(Batch::images);
    }

    private static DiffusionObjective objective(DiffusionObjective.Subject subject) {
        var process = new GaussianDiffusion(NoiseSchedule.cosine(20), Parameterization.EPSILON, Variance.FIXED_SMALL);
        var loss = new DiffusionLoss(process, Loss.SIMPLE, Weighting.uniform());
        TimestepSampler falling = (count, rng) -> {
            double[] weights = new double[count];
            for (int i = 0; i < count; i++) weights[i] = 1.0 / (i + 1);
            return new TimestepSampler.Draw(rng.ints(count, 0, 20), weights);
        };
        var way = new DiffusionObjective.Way(subject, Conditioning.labels(NO_CLASS, 0.5), Optional.empty());
        return new DiffusionObjective(loss, falling, way);
    }

    private static Batch labelled() {
        Batch batch = Toys.batch(1, IMAGES, 8);
        int[] labels = {0, 1, 2, 3, 4, 0, 1};
        return batch.with(Columns.LABEL, new Column.Numbers(labels));
    }

    private static Batch rehearsed(int... rehearsed) {
        return labelled().with(Columns.REHEARSED, new Column.Numbers(rehearsed));
    }

    /** Where the base still answers as it did there is nothing to learn, so what is known does not move. */
    @Test
    void whatIsRehearsedTeachesToAnswerAsTheTeacherDoes() {
        Scope.run(() -> {
            Asked network = new Asked(), teacher = new Asked();
            DiffusionObjective taught = objective().taughtBy(condition -> (x, t) -> teacher.forward(x, t, condition));
            Batch all = rehearsed(1, 1, 1, 1, 1, 1, 1);
            assertThat(taught.loss(network, all, Rng.of(3)).value().item_double())
                    .isZero();
            DiffusionObjective off = objective()
                    .taughtBy(condition ->
                            (x, t) -> teacher.forward(x, t, condition).add(new Scalar(0.5)));
            double[] weights = new double[IMAGES];
            for (int i = 0; i < IMAGES; i++) weights[i] = 1.0 / (i + 1);
            assertThat(off.loss(network, all, Rng.of(3)).value().item_double())
                    .isCloseTo(0.25 * Arrays.stream(weights).sum() / IMAGES, within(1e-6));
        });
    }

    @Test
    void theTeacherIsAskedOfWhatIsRehearsedAloneAndTheRestIsLearnedAsEver() {
        Scope.run(() -> {
            Asked network = new Asked(), teacher = new Asked();
            DiffusionObjective taught = objective().taughtBy(condition -> (x, t) -> teacher.forward(x, t, condition));
            double plain =
                    objective().loss(network, labelled(), Rng.of(3)).value().item_double();
            Batch none = rehearsed(0, 0, 0, 0, 0, 0, 0);
            assertThat(taught.loss(network, none, Rng.of(3)).value().item_double())
                    .isEqualTo(plain);
            assertThat(teacher.counts).isEmpty();
            double some = taught.loss(network, rehearsed(0, 1, 0, 0, 1, 0, 1), Rng.of(3))
                    .value()
                    .item_double();
            assertThat(teacher.counts).containsExactly(3);
            assertThat(some).isPositive().isLessThan(plain);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100})
    void theValueInPartsIsTheLossOfTheWholeBatch(int atOnce) {
        Scope.run(() -> {
            double whole =
                    objective().loss(new Asked(), labelled(), Rng.of(9)).value().item_double();
            assertThat(objective().value(new Asked(), labelled(), Rng.of(9), atOnce))
                    .isCloseTo(whole, within(1e-6 * whole));
        });
    }

    @Test
    void noMoreImagesAreSeenAtOnceThanAllowed() {
        Scope.run(() -> {
            Asked network = new Asked();
            objective().value(network, labelled(), Rng.of(9), 3);
            assertThat(network.counts).containsExactly(3, 3, 1);
        });
    }

    @Test
    void latentsAreLearnedAsImagesAre() {
        Scope.run(() -> {
            Batch images = labelled();
            Column latents = new Column.Floats(Tensors.floats(images.images()), List.of(3, 8, 8));
            var asImages = objective().loss(new Asked(), images, Rng.of(9));
            var asLatents = objective(DiffusionObjective.Subject.column(Columns.LATENT))
                    .loss(new Asked(), images.with(Columns.LATENT, latents), Rng.of(9));
            assertThat(asLatents.value().item_double())
                    .isEqualTo(asImages.value().item_double());
        });
    }

    @Test
    void theValueLeavesNothingBehind() {
        Scope.run(() -> {
            Asked network = new Asked();
            objective().value(network, labelled(), Rng.of(9), 3);
            long live = Scope.live();
            objective().value(network, labelled(), Rng.of(9), 3);
            assertThat(Scope.live()).isLessThanOrEqualTo(live);
        });
    }
}
