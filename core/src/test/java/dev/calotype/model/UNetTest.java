package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.Shared;
import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.UNet.Config;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.nn.Inference;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UNetTest {
    private static final Ports RGB = new Ports(3, 3, 0);

    private static Config tiny(Resampling resampling, double dropout) {
        return new Config(
                32,
                List.of(1, 2),
                1,
                List.of(2),
                0,
                32,
                Conditioning.SCALE_SHIFT,
                resampling,
                dropout,
                1,
                UNetVariant.IMPROVED_DDPM);
    }

    private static UNet awake(Config config, Ports ports) {
        return Awake.network(new UNet(config, ports, Rng.of(1)), 2);
    }

    private static Tensor images(int count, int size) {
        return Rng.of(5).normal(count, 3, size, size);
    }

    private static Tensor times(int count) {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) times[i] = 100 + 250 * i;
        return Tensors.of(times);
    }

    @ParameterizedTest
    @ValueSource(strings = {"class_additive", "three_levels", "uncond_learn_sigma"})
    void agreesWithImprovedDiffusion(String name) {
        Path file = Shared.path("fixtures/improved-diffusion/unet_" + name + ".safetensors");
        Scope.run(() -> {
            SafeTensors fixture = read(file);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            fixture.tensors().forEach((key, tensor) -> {
                if (key.startsWith("weight/")) weights.put(key.substring("weight/".length()), tensor);
            });
            UNet network = network(fixture.metadata());
            Weights.load(network, weights);
            Condition condition = fixture.tensors().containsKey("input/y")
                    ? Condition.ofLabels(ints(fixture.tensors().get("input/y")))
                    : Condition.NONE;
            Tensor x = fixture.tensors().get("input/x");
            Tensor t = fixture.tensors().get("input/t");
            Tensor y = Scope.inference(() -> network.forward(x, t, condition));
            assertThat(Deviation.largest(y, fixture.tensors().get("output"))).isLessThan(2e-4);
        });
    }

    private static SafeTensors read(Path file) {
        try {
            return SafeTensors.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(Tensor labels) {
        double[] values = Tensors.doubles(labels);
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) ints[i] = (int) values[i];
        return ints;
    }

    /** The network that improved-diffusion's constructor arguments describe. */
    private static UNet network(Map<String, String> arguments) {
        boolean scaleShift = arguments.get("use_scale_shift_norm").equals("True");
        Config config = new Config(
                Integer.parseInt(arguments.get("model_channels")),
                tuple(arguments.get("channel_mult")),
                Integer.parseInt(arguments.get("num_res_blocks")),
                tuple(arguments.get("attention_resolutions")),
                Integer.parseInt(arguments.get("num_heads")),
                0,
                scaleShift ? Conditioning.SCALE_SHIFT : Conditioning.SHIFT,
                Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        Ports ports = new Ports(
                Integer.parseInt(arguments.get("in_channels")),
                Integer.parseInt(arguments.get("out_channels")),
                Integer.parseInt(arguments.getOrDefault("num_classes", "0")));
        return new UNet(config, ports, Rng.of(0));
    }

    private static List<Integer> tuple(String text) {
        return java.util.Arrays.stream(text.replaceAll("[() ]", "").split(","))
                .map(Integer::valueOf)
                .toList();
    }

    private static Config patches(int patch) {
        return new Config(
                32,
                List.of(1, 2),
                1,
                List.of(2),
                0,
                32,
                Conditioning.SCALE_SHIFT,
                Resampling.CONVOLUTION,
                0,
                patch,
                UNetVariant.IMPROVED_DDPM);
    }

    /** A network of patches sees each square of pixels as one position, and gives it back at its place. */
    @Test
    void aPatchIsOnePositionAndComesBackAtItsPlace() {
        Scope.run(() -> {
            UNet network = awake(patches(2), RGB);
            UNet folded =
                    awake(patches(1), new Ports(12, 12, 0)); // the same weights, since of the same numbers and sizes
            Tensor x = images(2, 16);
            Tensor y = Scope.inference(() -> network.forward(x, times(2), Condition.NONE));
            Tensor wanted = Scope.inference(() ->
                    torch.pixel_shuffle(folded.forward(torch.pixel_unshuffle(x, 2), times(2), Condition.NONE), 2));
            assertThat(Tensors.shape(y)).containsExactly(2, 3, 16, 16);
            assertThat(Deviation.largest(y, wanted)).isZero();
            assertThatThrownBy(() -> network.forward(images(1, 6), times(1), Condition.NONE))
                    .hasMessageContaining("multiples of 4: 6 x 6");
        });
    }

    @Test
    void parametersAreAFunctionOfTheRng() {
        Config config = tiny(Resampling.CONVOLUTION, 0);
        Scope.run(() -> {
            String weights = Digest.of(Weights.of(new UNet(config, RGB, Rng.of(7))));
            torch.rand(3); // the engine's own generator does not count
            assertThat(Digest.of(Weights.of(new UNet(config, RGB, Rng.of(7))))).isEqualTo(weights);
            assertThat(Digest.of(Weights.of(new UNet(config, RGB, Rng.of(8))))).isNotEqualTo(weights);
        });
    }

    @Test
    void aFreshNetworkAnswersZero() {
        Scope.run(() -> {
            UNet network = new UNet(tiny(Resampling.CONVOLUTION, 0), RGB, Rng.of(7));
            Tensor y = Scope.inference(() -> network.forward(images(1, 8), times(1), Condition.NONE));
            assertThat(y.count_nonzero().item_long()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONVOLUTION", "RESIDUAL"})
    void bf16StaysNearFp32(String resampling) {
        Config config = tiny(Resampling.valueOf(resampling), 0);
        Scope.run(() -> {
            Tensor exact = Scope.inference(() -> awake(config, RGB).forward(images(2, 16), times(2), Condition.NONE));
            UNet half = Inference.prepare(awake(config, RGB), Precision.BF16);
            Tensor rounded = Scope.inference(() -> half.forward(images(2, 16), times(2), Condition.NONE));
            assertThat(Tensors.shape(exact)).containsExactly(2, 3, 16, 16);
            assertThat(Tensors.dtype(rounded)).isEqualTo(torch.ScalarType.Float);
            assertThat(Deviation.relative(rounded, exact)).isBetween(1e-5, 0.03);
        });
    }

    @Test
    void anImageDoesNotSeeTheOthersOfItsBatch() {
        Scope.run(() -> {
            UNet network = awake(tiny(Resampling.CONVOLUTION, 0), RGB);
            Tensor x = images(3, 8);
            Tensor t = times(3);
            Tensor together = Scope.inference(() -> network.forward(x, t, Condition.NONE));
            Tensor alone = Scope.inference(() -> network.forward(x.narrow(0, 1, 1), t.narrow(0, 1, 1), Condition.NONE));
            assertThat(Deviation.largest(together.narrow(0, 1, 1), alone)).isLessThan(1e-4);
        });
    }

    @Test
    void timeAndClassChangeTheAnswer() {
        Scope.run(() -> {
            UNet network = awake(tiny(Resampling.CONVOLUTION, 0), new Ports(3, 6, 4));
            Tensor x = images(1, 8);
            Tensor y = Scope.inference(() -> network.forward(x, Tensors.of(10.0), Condition.ofLabels(0)));
            Tensor later = Scope.inference(() -> network.forward(x, Tensors.of(900.0), Condition.ofLabels(0)));
            Tensor other = Scope.inference(() -> network.forward(x, Tensors.of(10.0), Condition.ofLabels(3)));
            assertThat(Tensors.shape(y)).containsExactly(1, 6, 8, 8);
            assertThat(Deviation.relative(later, y)).isGreaterThan(1e-3);
            assertThat(Deviation.relative(other, y)).isGreaterThan(1e-3);
        });
    }

    @Test
    void dropoutRepeatsItsMasksAfterReseed() {
        Scope.run(() -> {
            UNet network = awake(tiny(Resampling.CONVOLUTION, 0.5), RGB);
            network.reseed(3);
            float[] first = forward(network);
            float[] second = forward(network);
            network.reseed(3);
            assertThat(forward(network)).containsExactly(first);
            assertThat(second).isNotEqualTo(first);
            float[] inference =
                    Tensors.floats(Scope.inference(() -> network.forward(images(1, 8), times(1), Condition.NONE)));
            assertThat(inference).isNotEqualTo(first);
        });
    }

    private static float[] forward(UNet network) {
        return Tensors.floats(network.forward(images(1, 8), times(1), Condition.NONE));
    }

    @Test
    void aForwardPassLeavesNothingButItsResult() {
        Scope.run(() -> {
            UNet network = awake(tiny(Resampling.CONVOLUTION, 0), RGB);
            Tensor x = images(1, 8);
            Tensor t = times(1);
            Scope.run(() -> Scope.inference(() -> network.forward(x, t, Condition.NONE)));
            long before = Scope.live();
            for (int i = 0; i < 5; i++) Scope.run(() -> Scope.inference(() -> network.forward(x, t, Condition.NONE)));
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        });
    }

    @Test
    void refusesLabelsThatItHasNoRowFor() {
        Scope.run(() -> {
            UNet network = new UNet(tiny(Resampling.CONVOLUTION, 0), new Ports(3, 3, 4), Rng.of(1));
            assertThatThrownBy(() -> network.forward(images(2, 8), times(2), Condition.NONE))
                    .hasMessage("the network wants one class per image: 0 for 2");
            assertThatThrownBy(() -> network.forward(images(2, 8), times(2), Condition.ofLabels(1)))
                    .hasMessage("the network wants one class per image: 1 for 2");
            assertThatThrownBy(() -> network.forward(images(1, 8), times(1), Condition.ofLabels(4)))
                    .hasMessage("class must be in 0..3: 4");
            assertThatThrownBy(() -> network.forward(images(1, 8), times(1), Condition.ofLabels(-1)))
                    .hasMessage("class must be in 0..3: -1");
        });
    }

    @Test
    void refusesSizesThatDoNotHalve() {
        Scope.run(() -> {
            UNet network = new UNet(tiny(Resampling.CONVOLUTION, 0), RGB, Rng.of(1));
            assertThatThrownBy(() -> network.forward(images(1, 9), times(1), Condition.NONE))
                    .hasMessage("image height and width must be multiples of 2: 9 x 9");
            assertThatThrownBy(() -> network.forward(Rng.of(1).normal(1, 1, 8, 8), times(1), Condition.NONE))
                    .hasMessage("the network wants (N, 3, H, W): [1, 1, 8, 8]");
            assertThatThrownBy(() -> network.forward(Rng.of(1).normal(3, 8, 8), times(1), Condition.NONE))
                    .hasMessage("the network wants (N, 3, H, W): [3, 8, 8]");
        });
    }

    @Test
    void headsHaveAFixedNumberOrAFixedWidth() {
        assertThatThrownBy(() -> config(32, List.of(1), List.of(), 0, 0))
                .hasMessage("one of heads and headChannels must be above 0, the other 0: 0 and 0");
        assertThatThrownBy(() -> config(32, List.of(1), List.of(), 2, 32))
                .hasMessage("one of heads and headChannels must be above 0, the other 0: 2 and 32");
        assertThatThrownBy(() -> config(32, List.of(1), List.of(), 3, 0))
                .hasMessage("heads must divide the 32 channels: 3");
    }

    @Test
    void refusesLevelsThatAreNotThere() {
        assertThatThrownBy(() -> config(32, List.of(1, 2), List.of(4), 1, 0))
                .hasMessageContaining("attention must name downsampling factors");
        assertThatThrownBy(() -> config(32, List.of(), List.of(), 1, 0))
                .hasMessageContaining("multipliers must name 1..8 levels");
        assertThatThrownBy(() -> config(48, List.of(1), List.of(), 1, 0))
                .hasMessageContaining("channels must be a multiple of 32");
    }

    private static Config config(
            int channels, List<Integer> multipliers, List<Integer> attention, int heads, int headChannels) {
        return new Config(
                channels,
                multipliers,
                1,
                attention,
                heads,
                headChannels,
                Conditioning.SHIFT,
                Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
    }
}
