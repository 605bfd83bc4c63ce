package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.nn.Activation;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.nn.Inference;
import dev.calotype.nn.SpectralNorm;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden numbers: {@code bench/peers/golden_dcgan.py}, torch 2.15.0. */
class DcganTest {
    private static final JsonNode GOLDEN = Golden.json("peers/dcgan.json");

    private static DcganGenerator generator(int latent, int width, DcganGenerator.Ports ports) {
        return new DcganGenerator(new DcganGenerator.Config(latent, width, Activation.RELU), ports, Rng.of(1));
    }

    private static DcganDiscriminator discriminator(int width, Normalization norm, DcganGenerator.Ports ports) {
        return new DcganDiscriminator(
                new DcganDiscriminator.Config(width, Activation.LEAKY_RELU, norm), ports, Rng.of(2));
    }

    private static DcganGenerator.Ports pictures(int size) {
        return new DcganGenerator.Ports(3, size, 0);
    }

    private static <N extends Module> N filled(N network) {
        Scope.read(() -> {
            Tensors.parameters(network).forEach((name, p) -> p.copy_(FormulaWeights.weight(name, Tensors.shape(p))));
            return null;
        });
        return network;
    }

    private static long weights(Module network) {
        return Tensors.parameters(network).values().stream()
                .mapToLong(Tensor::numel)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void theReferenceHasItsNumbersOfWeights(int size) {
        JsonNode counts = GOLDEN.at("/counts/" + size);
        Scope.run(() -> {
            assertThat(weights(generator(100, 64, pictures(size))))
                    .isEqualTo(counts.get(0).asLong());
            assertThat(weights(discriminator(64, Normalization.BATCH, pictures(size))))
                    .isEqualTo(counts.get(1).asLong());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void outputsAndGradientsAgreeWithPyTorch(int size) {
        JsonNode golden = GOLDEN.at("/networks/" + size);
        Scope.run(() -> {
            DcganGenerator g = filled(generator(10, 8, pictures(size)));
            DcganDiscriminator d = filled(discriminator(8, Normalization.BATCH, pictures(size)));
            Tensor z = Tensors.scale(2, FormulaWeights.unit("z", 5, 10));
            Tensor image = g.forward(z, Condition.NONE);
            FormulaWeights.check(image, golden.get("image"), 2e-5);
            Tensor logits = d.forward(image, Condition.NONE);
            assertThat(Tensors.doubles(logits)).containsExactly(Golden.doubles(golden.get("logits")), within(2e-5));
            Tensor loss = torch.softplus(logits.neg()).mean();
            assertThat(loss.item_double()).isCloseTo(golden.get("loss").asDouble(), within(1e-5));
            loss.backward();
            Map<String, Tensor> weights = Tensors.parameters(g);
            FormulaWeights.check(weights.get("levels.up0.conv.weight").grad(), golden.get("gradient"), 1e-4);
            FormulaWeights.check(weights.get("picture.weight").grad(), golden.get("picture"), 1e-4);
        });
    }

    @Test
    void startsWithTheWeightsOfThePaper() {
        Scope.run(() -> Tensors.parameters(generator(100, 16, pictures(32))).forEach((name, p) -> {
            double mean = p.mean().item_double();
            if (name.endsWith("bias")) assertThat(mean).isZero();
            else assertThat(mean).isCloseTo(name.endsWith("bn.weight") ? 1 : 0, within(0.02));
            if (p.numel() > 10_000) assertThat(p.std().item_double()).isCloseTo(0.02, within(2e-4));
        }));
    }

    @ParameterizedTest
    @EnumSource
    void bf16DrawsAlmostTheSame(Activation activation) {
        Scope.run(() -> {
            var config = new DcganGenerator.Config(10, 8, activation);
            DcganGenerator exact = filled(new DcganGenerator(config, pictures(32), Rng.of(1)));
            DcganGenerator rounded = filled(new DcganGenerator(config, pictures(32), Rng.of(1)));
            Inference.prepare(rounded, Precision.BF16);
            Tensor z = FormulaWeights.unit("z", 5, 10);
            assertThat(exact.forward(z, Condition.NONE)
                            .sub(rounded.forward(z, Condition.NONE))
                            .abs()
                            .mean()
                            .item_double())
                    .isBetween(1e-6, 0.03);
        });
    }

    @Test
    void aSettledGeneratorDrawsAnImageTheSameInWhateverBatch() {
        Scope.run(() -> {
            DcganGenerator g = filled(generator(10, 8, pictures(32)));
            Tensor z = Rng.of(5).normal(70, 10); // more than one part
            Tensor all = g.forward(z, Condition.NONE);
            assertThat(Deviation.largest(
                            all.narrow(0, 2, 1),
                            g.forward(z.narrow(0, 2, 3), Condition.NONE).narrow(0, 0, 1)))
                    .isGreaterThan(0.01);
            g.settle(z, Condition.NONE);
            assertThat(Tensors.buffers(g)).as("no part of a checkpoint").isEmpty();
            assertThat(Deviation.largest(all, g.forward(z, Condition.NONE))).isLessThan(1e-4);
            assertThat(Deviation.largest(all.narrow(0, 2, 1), g.forward(z.narrow(0, 2, 1), Condition.NONE)))
                    .isLessThan(1e-4);
        });
    }

    @Test
    void classesDecideWhatIsDrawnAndHowItIsJudged() {
        var ports = new DcganGenerator.Ports(1, 16, 3);
        Scope.run(() -> {
            DcganGenerator g = filled(generator(4, 8, ports));
            DcganDiscriminator d = Awake.network(filled(discriminator(8, Normalization.NONE, ports)), 3);
            Tensor z = Rng.of(5).normal(2, 4);
            Condition first = Condition.ofLabels(0, 1), second = Condition.ofLabels(0, 2);
            Tensor a = g.forward(z, first), b = g.forward(z, second);
            assertThat(Deviation.largest(a.narrow(0, 1, 1), b.narrow(0, 1, 1))).isGreaterThan(0.01);
            double[] x = Tensors.doubles(d.forward(a, first)), y = Tensors.doubles(d.forward(a, second));
            assertThat(x[0]).isEqualTo(y[0]);
            assertThat(x[1]).isNotEqualTo(y[1]);
            assertThatThrownBy(() -> g.forward(z, Condition.NONE)).hasMessage("the network wants a class per image: 0");
        });
    }

    @Test
    void aSpectrallyNormalisedKernelHasTheLargestSingularValueOne() {
        Scope.run(() -> {
            Tensor kernel = Rng.of(3).normal(6, 2, 4, 4).mul(new Scalar(3.0));
            SpectralNorm norm = new SpectralNorm(6);
            Tensor[] divided = {kernel};
            for (int i = 0; i < 200; i++) divided[0] = norm.apply(kernel);
            Tensor gram =
                    divided[0].flatten(1, 3).matmul(divided[0].flatten(1, 3).t());
            Tensor power = gram;
            for (int i = 0; i < 12; i++) {
                power = power.matmul(power);
                power = power.div(power.norm());
            }
            Tensor top = power.mv(torch.ones(6)); // the leading eigenvector
            double sigma =
                    Math.sqrt(top.dot(gram.mv(top)).item_double() / top.dot(top).item_double());
            assertThat(sigma).isCloseTo(1, within(1e-4));
        });
    }

    @Test
    void aSpectrallyNormalisedDiscriminatorDoesNotKnowTheLengthsOfItsKernels() {
        Scope.run(() -> {
            DcganDiscriminator d = filled(discriminator(8, Normalization.SPECTRAL, pictures(16)));
            Tensor x = Rng.of(5).normal(3, 3, 16, 16);
            for (int i = 0; i < 100; i++)
                Scope.read(() -> d.forward(x, Condition.NONE).size(0));
            Tensor answers = d.forward(x, Condition.NONE);
            assertThat(answers.abs().max().item_double()).isGreaterThan(1e-3);
            for (String name : Tensors.parameters(d).keySet()) {
                Scope.read(() -> Tensors.parameters(d).get(name).mul_(new Scalar(7.0)));
                assertThat(Deviation.largest(d.forward(x, Condition.NONE), answers))
                        .as(name)
                        .isLessThan(1e-4);
            }
        });
    }

    @Test
    void theGradientOfASpectrallyNormalisedKernelHasNoPartAlongTheKernel() {
        Scope.run(() -> {
            Tensor kernel = Rng.of(3).normal(6, 2, 4, 4);
            SpectralNorm norm = new SpectralNorm(6);
            for (int i = 0; i < 100; i++) norm.apply(kernel);
            kernel.requires_grad_(true);
            norm.apply(kernel).mul(Rng.of(4).normal(6, 2, 4, 4)).sum().backward();
            // W / sigma(W) does not change with the length of W.
            assertThat(kernel.grad().mul(kernel).sum().item_double()).isCloseTo(0, within(1e-4));
        });
    }

    @Test
    void configurationsNameWhatTheyRefuse() {
        assertThatThrownBy(() -> new DcganGenerator.Config(0, 64, Activation.RELU))
                .hasMessage("latent must be in 1..4096: 0");
        assertThatThrownBy(() -> pictures(48)).hasMessage("size must be 16, 32, 64, 128 or 256: 48");
        assertThatThrownBy(() -> new DcganDiscriminator.Config(0, Activation.RELU, Normalization.NONE))
                .hasMessage("width must be in 1..1024: 0");
    }
}
