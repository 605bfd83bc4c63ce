package dev.calotype.train.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Laws, and the numbers of torchvision 0.29.2 as bench/peers/golden_augment.py wrote them. */
class MixingTest {
    private static final int[] LABELS = {2, 0, 4, 1};

    private final PointerScope scope = new PointerScope();
    private Map<String, Tensor> golden;

    @BeforeEach
    void read() throws IOException {
        golden = SafeTensors.read(Path.of("src/test/resources/augment.safetensors"))
                .tensors();
    }

    @AfterEach
    void free() {
        scope.close();
    }

    private Mixing.Pairs plain() {
        return new Mixing.Pairs(golden.get("batch"), Mixing.NONE.smoothed(LABELS, 5, Device.CPU));
    }

    private void assertGolden(Mixing.Pairs pairs, String name) {
        assertThat(Tensors.floats(pairs.images()))
                .containsExactly(Tensors.floats(golden.get(name + ".images")), within(1e-6f));
        assertThat(Tensors.floats(pairs.shares()))
                .containsExactly(Tensors.floats(golden.get(name + ".shares")), within(1e-6f));
    }

    @Test
    void mixupAndCutMixAreTorchvisions() {
        assertGolden(Mixing.blend(plain(), 0.3f, 1), "mixup");
        Mixing.Box box = Mixing.Box.around(7, 1, 0.3f, 10, 8);
        assertThat(box).isEqualTo(new Mixing.Box(3, 0, 10, 4));
        assertGolden(Mixing.paste(plain(), box, 1), "cutmix");
    }

    @Test
    void allPicturesOfAClipAreMixedAlike() {
        Tensor still = golden.get("batch").unsqueeze(1).repeat(1, 3, 1, 1, 1); // (N, 3, C, H, W)
        for (Mixing mixing : List.of(new Mixing(1, 0, 1, 0), new Mixing(0, 1, 1, 0))) {
            Mixing.Pairs picture = mixing.apply(golden.get("batch"), LABELS, 5, 1, Rng.of(3));
            Mixing.Pairs clip = mixing.apply(still, LABELS, 5, 1, Rng.of(3));
            assertThat(Tensors.floats(clip.shares())).containsExactly(Tensors.floats(picture.shares()));
            for (int t = 0; t < 3; t++)
                assertThat(Tensors.floats(clip.images().select(1, t)))
                        .containsExactly(Tensors.floats(picture.images()));
        }
    }

    /** Copies of a picture come one after the other, and the last copies may be cut off. */
    @Test
    void aPictureIsNotMixedWithACopyOfItself() {
        int[] sources = {0, 0, 0, 1, 1, 1, 2};
        Tensor images = Rng.of(1).normal(sources.length, 3, 8, 8);
        for (Mixing mixing : List.of(new Mixing(1, 0, 1, 0), new Mixing(0, 1, 1, 0))) {
            float[] shares = Tensors.floats(
                    mixing.apply(images, sources, 3, 3, Rng.of(3)).shares());
            for (int row = 0; row < sources.length; row++)
                assertThat(shares[3 * row + sources[row]]).isLessThan(1);
        }
    }

    @Test
    void aSmoothedLabelIsThatOfPyTorchsCrossEntropy() {
        Tensor shares = new Mixing(0, 0, 1, 0.1).smoothed(LABELS, 5, Device.CPU);
        assertThat(torch.cross_entropy_loss(golden.get("logits"), shares).item_float())
                .isCloseTo(golden.get("smoothed").item_float(), within(1e-6f));
    }

    @Test
    void sharesSumToOneAndLambdaIsWhatTheClippedBoxLeaves() {
        Tensor images =
                torch.arange(new org.bytedeco.pytorch.Scalar(6.0 * 8 * 8)).reshape(6, 1, 8, 8);
        for (int seed = 0; seed < 60; seed++) {
            Mixing.Pairs pairs =
                    new Mixing(0, 1, 1, 0.2).apply(images, new int[] {0, 1, 2, 0, 1, 2}, 3, 1, Rng.of(seed));
            for (double sum : Tensors.doubles(pairs.shares().sum(1)))
                assertThat(sum).isCloseTo(1, within(1e-5));
            double kept = Tensors.doubles(
                    pairs.images().eq(images).to(torch.ScalarType.Float).mean())[0];
            double share = Tensors.doubles(pairs.shares())[0]; // of its own class: 0.8 lambda + 0.2 / 3
            assertThat((share - 0.2 / 3) / 0.8).isCloseTo(kept, within(1e-5));
        }
    }

    @Test
    void nothingIsMixedWhereNothingIsAskedFor() {
        Mixing.Pairs pairs = Mixing.NONE.apply(golden.get("batch"), LABELS, 5, 1, Rng.of(1));
        assertThat(Tensors.floats(pairs.images())).containsExactly(Tensors.floats(golden.get("batch")));
        Mixing.Pairs never = new Mixing(1, 1, 0, 0).apply(golden.get("batch"), LABELS, 5, 1, Rng.of(1));
        assertThat(Tensors.floats(never.images())).containsExactly(Tensors.floats(golden.get("batch")));
        assertThat(Tensors.floats(never.shares())).containsExactly(Tensors.floats(plain().shares()));
    }

    @Test
    void lambdaFollowsItsBetaDistribution() {
        for (double alpha : new double[] {0.05, 0.2, 1, 4}) {
            double sum = 0, squares = 0;
            int n = 20_000;
            Rng rng = Rng.of(3);
            for (int i = 0; i < n; i++) {
                double x = Beta.symmetric(alpha, rng);
                assertThat(x).isBetween(0.0, 1.0);
                sum += x;
                squares += x * x;
            }
            double mean = sum / n, variance = squares / n - mean * mean;
            assertThat(mean).as("alpha " + alpha).isCloseTo(0.5, within(0.01));
            assertThat(variance).as("alpha " + alpha).isCloseTo(0.25 / (2 * alpha + 1), within(0.006));
        }
    }

    @Test
    void valuesThatCannotBeAreRefusedInOneSentence() {
        assertThatThrownBy(() -> new Mixing(-1, 0, 1, 0)).hasMessage("mixup must be in 0..100: -1.0");
        assertThatThrownBy(() -> new Mixing(0, 0, 1, 1.5)).hasMessage("smoothing must be in 0..1: 1.5");
        assertThatThrownBy(() -> Mixing.NONE.apply(golden.get("batch"), new int[] {0, 1, 2, 5}, 5, 1, Rng.of(0)))
                .hasMessage("a label must be one of 5 classes: 5");
    }
}
