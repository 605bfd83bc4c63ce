package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.LiveTensors;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Strips;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed some rows at a time in bf16, against the same network in fp32, which takes a map as a whole. */
class LargeMapsTest {
    private static final BlockStyle STYLE = new BlockStyle(8, 1e-6, Activation.SILU, 1);

    private static void withoutGradients(Runnable body) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(body);
        }
    }

    private static Tensor map(int pictures, int channels, int height, int width) {
        return Layout.CHANNELS_LAST.apply(
                Rng.of(2).normal(pictures, channels, height, width).to(ScalarType.BFloat16));
    }

    /** What both make of x, in bf16 and in fp32, of which the largest difference is a rounding. */
    private static <M extends Module & ImageLayer> void agree(Supplier<M> layer, Tensor x) {
        M ours = Inference.prepare(Awake.network(layer.get(), 1), Precision.BF16);
        M exact = Inference.prepare(Awake.network(layer.get(), 1), Precision.FP32);
        Tensors.parameters(exact)
                .forEach((name, weight) -> weight.set_data(
                        Tensors.parameters(ours).get(name).to(ScalarType.Float).contiguous()));
        Tensor wanted = exact.forward(x.to(ScalarType.Float).contiguous(), null);
        Tensor made = ours.forward(x, null);
        close(made, wanted);
        close(ours.spend(x.clone(), null, null), wanted);
        for (int i = 0; i < x.size(0); i++) { // the same to the bit in whatever batch
            Tensor alone = ours.forward(x.narrow(0, i, 1), null);
            assertThat(Deviation.largest(alone, made.narrow(0, i, 1))).isZero();
        }
    }

    private static void close(Tensor made, Tensor wanted) {
        assertThat(Tensors.shape(made)).isEqualTo(Tensors.shape(wanted));
        assertThat(Deviation.relative(made, wanted)).isLessThan(0.01);
        double values = wanted.abs().max().item_double();
        assertThat(Deviation.largest(made, wanted))
                .isLessThan(0.02 * values); // a wrong row would be as far off as its values
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 16, 721", "1, 16, 8, 721", "2, 16, 8, 721", "1, 8, 16, 1442", "2, 8, 8, 1442"})
    void aResidualBlockIsThatOfAWholeMap(int pictures, int in, int out, int height) {
        withoutGradients(() -> {
            Tensor x = map(pictures, in, height, 733);
            assertThat(Strips.suit(x, 1)).isTrue();
            var config = new ResidualBlock.Config(in, out, 0, Conditioning.SHIFT, Resample.NONE);
            agree(() -> new ResidualBlock(config, STYLE, new Dropout(0)), x);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 300, 257", "2, 128, 520"})
    void doublingIsThatOfAWholeMap(int pictures, int height, int width) {
        withoutGradients(() -> {
            Tensor x = map(pictures, 32, height, width);
            assertThat(Strips.suit(x, 4)).isTrue();
            agree(() -> new Upsample(32), x);
        });
    }

    /** As the last level of a decoder: a map is doubled, becomes narrower and stays so. */
    private static final class Level extends Module implements ImageLayer {
        private final Upsample doubling = register_module("doubling", new Upsample(16));
        private final ResidualBlock narrower = register_module("narrower", block(16, 8));
        private final ResidualBlock same = register_module("same", block(8, 8));

        private static ResidualBlock block(int in, int out) {
            var config = new ResidualBlock.Config(in, out, 0, Conditioning.SHIFT, Resample.NONE);
            return new ResidualBlock(config, STYLE, new Dropout(0));
        }

        @Override
        public Tensor forward(Tensor x, Tensor embedding) {
            return ImageLayer.through(List.of(doubling, narrower, same), x, embedding, null);
        }

        @Override
        public Tensor spend(Tensor x, Tensor embedding, Tensor tokens) {
            return same.spend(begin(x), embedding, tokens);
        }

        private Tensor begin(Tensor x) {
            return narrower.spend(doubling.spend(x, null, null), null, null);
        }
    }

    @Test
    void aLevelThatIsComputedInTheMemoryOfItsWidestMapIsThatOfWholeMaps() {
        withoutGradients(() -> agree(Level::new, map(1, 16, 520, 512)));
    }

    @Test
    void aDoubledMapThatBecomesNarrowerIsTheOnlyOneThere() {
        withoutGradients(() -> {
            Tensor x = map(1, 16, 512, 512);
            Level level = Inference.prepare(Awake.network(new Level(), 1), Precision.BF16);
            Tensor[] maps = {x.clone(), x.clone()};
            LiveTensors counter = new LiveTensors(() -> Scope.run(() -> level.begin(maps[0])));
            long bytes = counter.of(() -> Scope.run(() -> level.begin(maps[1]))).most();
            long widest = 2 * 4 * x.numel(), strip = 8 << 20; // bytes
            assertThat(bytes).isBetween(widest, widest + 5 * strip / 2);
        });
    }

    @Test
    void ofASpentMapAndItsResultOneIsThere() {
        withoutGradients(() -> {
            Tensor x = map(1, 32, 1024, 1024);
            var config = new ResidualBlock.Config(32, 32, 0, Conditioning.SHIFT, Resample.NONE);
            ResidualBlock block = Inference.prepare(
                    Awake.network(new ResidualBlock(config, STYLE, new Dropout(0)), 1), Precision.BF16);
            Tensor[] maps = {x.clone(), x.clone()};
            LiveTensors counter = new LiveTensors(() -> Scope.run(() -> block.spend(maps[0], null, null)));
            long bytes = counter.of(() -> Scope.run(() -> block.spend(maps[1], null, null)))
                    .most();
            assertThat(bytes)
                    .isLessThan(5 * x.numel()); // bytes: the map itself, what lies between, strips, and no third map
        });
    }
}
