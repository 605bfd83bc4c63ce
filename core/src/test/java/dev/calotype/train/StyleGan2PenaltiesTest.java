package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.model.Condition;
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

    /** E |grad D(x)|². */
    private static Tensor r1(StyleGan2Discriminator discriminator) {
        Tensor x = StyleGan2Toys.images();
        return new SlopePenalty(SlopePenalty.Kind.R1, 2, 1)
                .of(real -> discriminator.forward(real, Condition.NONE), x, x, Rng.of(1));
    }

    @Test
    void r1AndItsGradientsAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Discriminator discriminator = StyleGan2Toys.discriminator();
            Tensor penalty = r1(discriminator);
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

    /** Twice through bf16 convolutions, in their layout. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void descentFlattensTheDiscriminator(Precision precision) {
        Scope.run(() -> {
            StyleGan2Discriminator discriminator = StyleGan2Toys.discriminator();
            double value = GOLDEN.at("/discriminator/penalty/value").asDouble();
            try (Descent descent = new Descent(discriminator, precision)) {
                double[] losses = descend(descent, () -> r1(discriminator));
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
    void thePenaltyIsDueOnceInAnInterval() {
        Lazy lazy = PathLength.Options.PUBLISHED.lazy();
        assertThat(LongStream.rangeClosed(1, 160).filter(lazy::due).count()).isEqualTo(40);
        assertThatThrownBy(() -> new PathLength.Options(2, 0, 4)).hasMessage("decay must be in (0, 1]: 0.0");
    }

    @Test
    void penaltiesFreeTheirMemory() {
        PathLength path = new PathLength(PathLength.Options.PUBLISHED);
        Runnable work = () -> Scope.run(() -> {
            r1(StyleGan2Toys.discriminator()).backward();
            path.penalty(StyleGan2Toys.generator(), StyleGan2Toys.z("z"), Rng.of(1))
                    .backward();
        });
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 3; i++) work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
