package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.nn.Inference;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden numbers: {@code bench/peers/stylegan2.py}, torch 2.15.0. */
class StyleGan2Test {
    private static final JsonNode GOLDEN = Golden.json("peers/stylegan2.json");
    private static final StyleGan2Config TOY = StyleGan2Toys.CONFIG;

    @Test
    void imagesAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor w = generator.styles(StyleGan2Toys.z("z"));
            FormulaWeights.check(w, GOLDEN.at("/generator/styles"), 2e-5);
            FormulaWeights.check(generator.synthesize(w, StyleGan2Toys.NOISE), GOLDEN.at("/generator/output"), 2e-5);
        });
    }

    @Test
    void mixedStylesAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor coarse = Styles.everywhere(generator.styles(StyleGan2Toys.z("z")), TOY.layers());
            Tensor fine = Styles.everywhere(generator.styles(StyleGan2Toys.z("other")), TOY.layers());
            Tensor mixed = Styles.mix(coarse, fine, 1, 3, 5, TOY.layers());
            FormulaWeights.check(generator.synthesize(mixed, StyleGan2Toys.NOISE), GOLDEN.at("/generator/mixed"), 2e-5);
        });
    }

    @Test
    void theGeneratorsGradientsAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor images = generator.synthesize(generator.styles(StyleGan2Toys.z("z")), StyleGan2Toys.NOISE);
            images.mul(FormulaWeights.unit("y", Tensors.shape(images))).sum().backward();
            StyleGan2Toys.checkGradients(generator, GOLDEN.at("/generator/gradients"), 1e-4);
        });
    }

    @Test
    void scoresAndTheirGradientsAgreeWithPyTorch() {
        Scope.run(() -> {
            StyleGan2Discriminator discriminator = StyleGan2Toys.discriminator();
            Tensor scores = discriminator.forward(StyleGan2Toys.images(), Condition.NONE);
            assertThat(Tensors.doubles(scores))
                    .containsExactly(Golden.doubles(GOLDEN.at("/discriminator/scores")), within(1e-5));
            scores.mul(FormulaWeights.unit("s", 8)).sum().backward();
            StyleGan2Toys.checkGradients(discriminator, GOLDEN.at("/discriminator/gradients"), 1e-4);
        });
    }

    /** Configuration F, as the script counts it. */
    @Test
    @Tag("slow")
    void publishedNetworksHaveTheirNumbersOfWeights() {
        requireCounts("published1024", StyleGan2Config.published(1024), 30_370_060, 29_012_513);
        requireCounts("published256", StyleGan2Config.published(256), 30_034_338, 28_864_129);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void smallNetworksAreSmall(int size) {
        JsonNode counts = GOLDEN.at("/counts/small" + size);
        requireCounts(
                "small" + size,
                StyleGan2Config.small(size),
                counts.get(0).asLong(),
                counts.get(1).asLong());
        assertThat(counts.get(0).asLong()).isLessThan(1_200_000);
    }

    private static void requireCounts(String name, StyleGan2Config config, long generator, long discriminator) {
        Scope.run(() -> {
            JsonNode golden = GOLDEN.at("/counts/" + name);
            assertThat(weights(new StyleGan2Generator(config, Rng.of(1))))
                    .isEqualTo(generator)
                    .isEqualTo(golden.get(0).asLong());
            assertThat(weights(new StyleGan2Discriminator(config, Rng.of(1))))
                    .isEqualTo(discriminator)
                    .isEqualTo(golden.get(1).asLong());
        });
    }

    private static long weights(Module network) {
        return Tensors.parameters(network).values().stream()
                .mapToLong(Tensor::numel)
                .sum();
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor z = Rng.images(3, 0, 5).normal(5, TOY.latent());
            Tensor all = generator.forward(z, Condition.NONE);
            Tensor alone = generator.forward(z.narrow(0, 3, 1), Condition.NONE);
            assertThat(Deviation.largest(all.narrow(0, 3, 1), alone)).isLessThan(1e-5);
        });
    }

    @Test
    void trainingDrawsNoiseAndMixturesThatItsStreamFixes() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor z = StyleGan2Toys.z("z");
            Tensor first = generator.forTraining(z, Condition.NONE, Rng.of(1));
            assertThat(Deviation.largest(first, generator.forTraining(z, Condition.NONE, Rng.of(1))))
                    .isZero();
            assertThat(Deviation.largest(first, generator.forTraining(z, Condition.NONE, Rng.of(2))))
                    .isPositive();
        });
    }

    @Test
    void lengthenedNoiseIsTheSameNoise() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor z = StyleGan2Toys.z("z");
            assertThat(Deviation.relative(generator.styles(Tensors.scale(3, z)), generator.styles(z)))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void coarseLayersDecideWhatTheyAreGiven() {
        Scope.run(() -> {
            Tensor a = Tensors.fill(6, 1).reshape(1, 6, 1),
                    b = Tensors.fill(6, 2).reshape(1, 6, 1);
            assertThat(Tensors.floats(Styles.mix(a, b, 2))).containsExactly(1, 1, 2, 2, 2, 2);
            assertThat(Tensors.floats(Styles.mix(a, b, 6))).containsOnly(1);
            assertThatThrownBy(() -> Styles.mix(a, b, 1, 2)).hasMessage("2 crossovers for a batch of 1");
        });
    }

    @Test
    void nineInTenAreMixedAtSomeLayerButTheFirst() {
        int[] crossovers = Styles.crossovers(10_000, 6, Rng.of(1));
        assertThat(IntStream.of(crossovers).filter(c -> c < 6).count() / 10_000.0)
                .isCloseTo(0.9, within(0.01));
        assertThat(IntStream.of(crossovers).distinct().sorted().toArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void truncationGoesFromTheMeanToTheStyle() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor mean = generator.meanStyle(1000, Rng.of(1)), w = generator.styles(StyleGan2Toys.z("z"));
            Tensor centre = mean.expand(4, TOY.style());
            assertThat(Deviation.largest(Styles.truncate(w, mean, 1), w)).isLessThan(1e-6);
            assertThat(Deviation.largest(Styles.truncate(w, mean, 0), centre)).isLessThan(1e-6);
            Tensor half = Styles.truncate(w, mean, 0.5);
            assertThat(Deviation.relative(half.sub(centre), Tensors.scale(0.5, w.sub(centre))))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void theMeanStyleIsThatOfItsSamples() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor all = generator.styles(Rng.of(1).normal(50, TOY.latent())).detach();
            assertThat(Deviation.relative(generator.meanStyle(50, Rng.of(1)), all.mean(0)))
                    .isLessThan(1e-6);
        });
    }

    @Test
    void theLineBetweenStylesBeginsAndEndsAtTheirImages() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor w = generator.styles(StyleGan2Toys.z("z")).detach();
            Tensor line = Interpolation.LERP.frames(w.select(0, 0), w.select(0, 1), 10); // (10, style)
            Tensor images = generator.synthesize(line, NoiseMaps.fixed());
            Tensor ends = generator.synthesize(w.narrow(0, 0, 2), NoiseMaps.fixed());
            assertThat(Deviation.largest(images.narrow(0, 0, 1), ends.narrow(0, 0, 1)))
                    .isLessThan(1e-5);
            assertThat(Deviation.largest(images.narrow(0, 9, 1), ends.narrow(0, 1, 1)))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void bf16NetworksAnswerLikeFp32() {
        Scope.run(() -> {
            Tensor z = StyleGan2Toys.z("z"), x = StyleGan2Toys.images();
            Tensor image = StyleGan2Toys.generator().forward(z, Condition.NONE);
            Tensor score = StyleGan2Toys.discriminator().forward(x, Condition.NONE);
            StyleGan2Generator generator = Inference.prepare(StyleGan2Toys.generator(), Precision.BF16);
            StyleGan2Discriminator discriminator = Inference.prepare(StyleGan2Toys.discriminator(), Precision.BF16);
            assertThat(Deviation.relative(generator.forward(z, Condition.NONE), image))
                    .isLessThan(0.03);
            assertThat(Deviation.largest(discriminator.forward(x, Condition.NONE), score))
                    .isLessThan(0.03);
        });
    }

    @Test
    void twoSeedsAreTwoNetworks() {
        Scope.run(() -> {
            Tensor z = StyleGan2Toys.z("z");
            Tensor a = new StyleGan2Generator(TOY, Rng.of(1)).forward(z, Condition.NONE);
            assertThat(Deviation.largest(a, new StyleGan2Generator(TOY, Rng.of(1)).forward(z, Condition.NONE)))
                    .isZero();
            assertThat(Deviation.largest(a, new StyleGan2Generator(TOY, Rng.of(2)).forward(z, Condition.NONE)))
                    .isPositive();
        });
    }

    @Test
    void parametersCarryThePublishedNames() {
        Scope.run(() -> {
            Map<String, Tensor> names = Tensors.parameters(new StyleGan2Generator(TOY, Rng.of(1)));
            assertThat(names.keySet())
                    .contains(
                            "mapping.fc0.weight",
                            "synthesis.b4.const",
                            "synthesis.b4.conv1.noise_strength",
                            "synthesis.b16.conv0.affine.bias",
                            "synthesis.b8.torgb.weight")
                    .doesNotContain("synthesis.b4.conv0.weight");
        });
    }

    @Test
    void memoryIsFreedWithTheScope() {
        Runnable work = () -> Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor w = generator.styles(StyleGan2Toys.z("z"));
            Kernels.gradient(generator.synthesize(w, NoiseMaps.fixed()), w);
        });
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 3; i++) work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void wrongShapesAreRefused() {
        Scope.run(() -> {
            assertThatThrownBy(() -> StyleGan2Config.published(48))
                    .hasMessage("size must be a power of two in 8..1024: 48");
            assertThatThrownBy(() ->
                            StyleGan2Toys.discriminator().forward(Rng.of(1).normal(2, 3, 8, 8), Condition.NONE))
                    .hasMessage("images must have 16 x 16 pixels: 8 x 8");
            assertThatThrownBy(
                            () -> StyleGan2Toys.generator().synthesize(Rng.of(1).normal(2, 5, 12), NoiseMaps.fixed()))
                    .hasMessage("w must have 6 layers: 5");
        });
    }
}
