package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.model.Condition;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.StyleGan2Discriminator;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.model.StyleGan2Toys;
import dev.calotype.model.Styles;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Golden numbers: {@code bench/peers/stylegan2.py}, torch 2.15.0. */
class StyleGan2PenaltiesTest {
    private static final JsonNode GOLDEN = Golden.json("peers/stylegan2.json");

    @Test
    void r1AndItsGradientsAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Discriminator discriminator = StyleGan2Toys.discriminator();
            Tensor penalty = new R1(2, 1).penalty(discriminator, StyleGan2Toys.images(), Condition.NONE);
            JsonNode golden = GOLDEN.at("/discriminator/penalty");
            double value = golden.get("value").asDouble();
            assertThat(penalty.item_double()).isCloseTo(value, within(1e-4 * value));
            penalty.backward();
            StyleGan2Toys.checkGradients(discriminator, golden.get("gradients"), 1e-4);
        });
    }

    @Test
    void pathLengthsAndTheirGradientsAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            PathLength path = new PathLength(new PathLength.Options(1, 0.01, 1));
            path.restore(0.3);
            Tensor w = Styles.everywhere(
                    generator.styles(StyleGan2Toys.z("z")), generator.config().layers());
            Tensor images = generator.synthesize(w, StyleGan2Toys.NOISE);
            Tensor penalty = path.penalty(w, images, FormulaWeights.unit("lengths", Tensors.shape(images)));
            JsonNode golden = GOLDEN.at("/generator/path");
            double value = golden.get("penalty").asDouble();
            assertThat(penalty.item_double()).isCloseTo(value, within(1e-4 * value));
            assertThat(path.mean()).isCloseTo(golden.get("running").asDouble(), within(1e-6));
            penalty.backward();
            StyleGan2Toys.checkGradients(generator, golden.get("gradients"), 1e-4);
        });
    }

    /** D(x) = <a, x>: the slope is a everywhere. */
    @Test
    void r1OfALinearNetworkIsTheSquareOfItsWeights() {
        Scope.run(() -> {
            Tensor a = Rng.of(1).normal(1, 3, 4, 4);
            DiscriminatorNetwork linear = new DiscriminatorNetwork("Linear") {
                @Override
                public Tensor forward(Tensor x, Condition condition) {
                    return x.mul(a).sum(1, 2, 3);
                }
            };
            double wanted = 0.5 * 10 * 16 * a.square().sum().item_double();
            Tensor penalty = new R1(10, 16).penalty(linear, Rng.of(2).normal(5, 3, 4, 4), Condition.NONE);
            assertThat(penalty.item_double()).isCloseTo(wanted, within(1e-4 * wanted));
        });
    }

    @Test
    void r1LeavesTheImagesAlone() {
        Scope.run(() -> {
            Tensor real = StyleGan2Toys.images();
            new R1(1, 1)
                    .penalty(StyleGan2Toys.discriminator(), real, Condition.NONE)
                    .backward();
            assertThat(real.requires_grad()).isFalse();
            assertThat(real.grad().defined()).isFalse();
        });
    }

    /** Twice through bf16 convolutions, in their layout. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void descentFlattensTheDiscriminator(Precision precision) {
        Scope.run(() -> {
            StyleGan2Discriminator discriminator = StyleGan2Toys.discriminator();
            double value = GOLDEN.at("/discriminator/penalty/value").asDouble();
            try (Descent descent = new Descent(discriminator, precision)) {
                double[] losses = descend(
                        descent, () -> new R1(2, 1).penalty(discriminator, StyleGan2Toys.images(), Condition.NONE));
                assertThat(losses[0]).isCloseTo(value, within(0.03 * value));
                assertThat(losses[9]).isLessThan(0.5 * losses[0]);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void descentEvensOutTheLengths(Precision precision) {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            PathLength path = new PathLength(PathLength.Options.PUBLISHED);
            try (Descent descent = new Descent(generator, precision)) {
                double[] losses = descend(descent, () -> path.penalty(generator, StyleGan2Toys.z("z"), Rng.of(1)));
                assertThat(losses[9]).isLessThan(0.5 * losses[0]);
                assertThat(path.mean()).isPositive();
            }
        });
    }

    private static double[] descend(Descent descent, Supplier<Tensor> loss) {
        double[] losses = new double[10];
        for (int i = 0; i < losses.length; i++) {
            int step = i;
            Scope.run(() -> losses[step] = descent.step(loss.get(), 0.02));
        }
        return losses;
    }

    @Test
    void penaltiesAreDueOnceInAnInterval() {
        R1 r1 = new R1(1, 16);
        assertThat(LongStream.rangeClosed(1, 160).filter(r1::due).count()).isEqualTo(10);
        assertThat(new PathLength(PathLength.Options.PUBLISHED).due(8)).isTrue();
        assertThat(new PathLength(PathLength.Options.PUBLISHED).due(9)).isFalse();
        assertThatThrownBy(() -> new R1(0, 16)).hasMessage("gamma must be above 0: 0.0");
    }

    @Test
    void penaltiesFreeTheirMemory() {
        PathLength path = new PathLength(PathLength.Options.PUBLISHED);
        Runnable work = () -> Scope.run(() -> {
            new R1(1, 16)
                    .penalty(StyleGan2Toys.discriminator(), StyleGan2Toys.images(), Condition.NONE)
                    .backward();
            path.penalty(StyleGan2Toys.generator(), StyleGan2Toys.z("z"), Rng.of(1))
                    .backward();
        });
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 3; i++) work.run();
        assertThat(Scope.live()).isEqualTo(before);
    }
}
