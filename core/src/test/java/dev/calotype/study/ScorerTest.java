package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.restoration.CurvePoint;
import dev.calotype.restoration.Scoring;
import dev.calotype.restore.Watcher.Frame;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pictures of one colour each, whose errors are known. */
class ScorerTest {
    private static final Scoring LUMA = new Scoring(Scoring.Colour.LUMA, 0, "");

    private static Tensor plain(int side, int red, int green, int blue) {
        byte[] pixels = new byte[3 * side * side];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) red;
            pixels[i + 1] = (byte) green;
            pixels[i + 2] = (byte) blue;
        }
        return Images.toTensor(new Picture(side, side, 3, pixels));
    }

    private static double psnr(double meanSquare) {
        return 10 * Math.log10(255 * 255 / meanSquare);
    }

    @Test
    void thePsnrIsThatOfAllChannelsTogether() throws IOException {
        try (PointerScope scope = new PointerScope();
                Scorer scorer = new Scorer(Scoring.NONE, plain(12, 100, 100, 100), null)) {
            assertThat(scorer.psnr(plain(12, 103, 100, 104))).isCloseTo(psnr((9 + 16) / 3.0), within(1e-4));
            assertThat(scorer.ssim(plain(12, 100, 100, 100))).isCloseTo(1, within(1e-6));
            assertThat(scorer.lpips(plain(12, 100, 100, 100))).isNull();
        }
    }

    /** By hand: 16 + 65.481 r + 128.553 g + 24.966 b of shares of 255, rounded: 65.0 black red, 145.0 green, 41.0 blue. */
    @Test
    void lumaIsThatOfBt601() throws IOException {
        try (PointerScope scope = new PointerScope();
                Scorer scorer = new Scorer(LUMA, plain(12, 0, 0, 0), null)) {
            assertThat(scorer.psnr(plain(12, 255, 0, 0)))
                    .isCloseTo(psnr(65 * 65), within(1e-4)); // 81.481 to 81, less 16
            assertThat(scorer.psnr(plain(12, 0, 255, 0))).isCloseTo(psnr(129 * 129), within(1e-4)); // 144.553 to 145
            assertThat(scorer.psnr(plain(12, 0, 0, 255))).isCloseTo(psnr(25 * 25), within(1e-4)); // 40.966 to 41
            assertThat(scorer.psnr(plain(12, 255, 255, 255))).isCloseTo(psnr(219 * 219), within(1e-4));
        }
        try (PointerScope scope = new PointerScope();
                Scorer grey = new Scorer(LUMA, Images.toTensor(new Picture(4, 4, 1, new byte[16])), null)) {
            byte[] ones = new byte[16];
            java.util.Arrays.fill(ones, (byte) 2);
            assertThat(grey.psnr(Images.toTensor(new Picture(4, 4, 1, ones))))
                    .as("grey stays")
                    .isCloseTo(psnr(4), within(1e-4));
        }
    }

    @Test
    void aBorderDoesNotCount() throws IOException {
        byte[] pixels = new byte[16 * 12];
        for (int y = 0; y < 12; y++)
            for (int x = 0; x < 16; x++) pixels[16 * y + x] = (byte) (x < 2 || x > 13 || y < 2 || y > 9 ? 200 : 5);
        Scoring inner = new Scoring(Scoring.Colour.RGB, 2, "");
        try (PointerScope scope = new PointerScope();
                Scorer scorer = new Scorer(inner, Images.toTensor(new Picture(16, 12, 1, new byte[16 * 12])), null)) {
            assertThat(scorer.psnr(Images.toTensor(new Picture(16, 12, 1, pixels))))
                    .isCloseTo(psnr(25), within(1e-4));
            assertThat(scorer.ssim(Images.toTensor(new Picture(16, 12, 1, pixels))))
                    .as("12 x 8 pixels are fewer than the window")
                    .isNull();
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor small = Images.toTensor(new Picture(5, 4, 1, new byte[20]));
            assertThatThrownBy(() -> new Scorer(inner, small, null))
                    .hasMessage("a border of 2 leaves nothing of 5 x 4 pixels");
            new Scorer(inner, Images.toTensor(new Picture(5, 5, 1, new byte[25])), null).close();
        }
    }

    @Test
    void theSmallestPictureWithAStructuralSimilarityHasElevenPixelsPerSide() throws IOException {
        try (PointerScope scope = new PointerScope();
                Scorer eleven = new Scorer(Scoring.NONE, plain(11, 9, 9, 9), null);
                Scorer ten = new Scorer(Scoring.NONE, plain(10, 9, 9, 9), null)) {
            assertThat(eleven.ssim(plain(11, 9, 9, 9))).isCloseTo(1, within(1e-6));
            assertThat(ten.ssim(plain(10, 9, 9, 9))).isNull();
        }
    }

    @Test
    void theOracleKnowsTheBestAverageAndItsIteration() throws IOException {
        try (PointerScope scope = new PointerScope();
                Scorer scorer = new Scorer(Scoring.NONE, plain(12, 100, 100, 100), null)) {
            TruthWatcher watcher = new TruthWatcher(scorer);
            int[] heard = {0};
            var both = watcher.with(frame -> heard[0] += frame.iteration());
            int[] outputs = {90, 101, 99, 80}, averages = {90, 95, 98, 97};
            for (int i = 0; i < 4; i++) {
                Tensor output = plain(12, outputs[i], outputs[i], outputs[i]);
                Tensor average = i == 0 ? output : plain(12, averages[i], averages[i], averages[i]);
                both.see(new Frame(i + 1, 4, 0.5 * i, output, average, i));
            }
            assertThat(heard[0]).isEqualTo(10);
            assertThat(watcher.points()).extracting(CurvePoint::iteration).containsExactly(1, 2, 3, 4);
            assertThat(watcher.points()).extracting(CurvePoint::loss).containsExactly(0.0, 0.5, 1.0, 1.5);
            assertThat(watcher.points()).extracting(CurvePoint::choice).containsExactly(0, 1, 2, 3);
            for (int i = 0; i < 4; i++) {
                CurvePoint point = watcher.points().get(i);
                assertThat(point.psnr()).isCloseTo(psnr(Math.pow(100 - outputs[i], 2)), within(1e-4));
                assertThat(point.smoothed()).isCloseTo(psnr(Math.pow(100 - averages[i], 2)), within(1e-4));
            }
            assertThat(watcher.points())
                    .extracting(CurvePoint::seconds)
                    .isSorted()
                    .allMatch(s -> s > 0 && s < 1e6);
            assertThat(watcher.secondsAt(3)).isEqualTo(watcher.points().get(2).seconds());
            assertThat(watcher.secondsAt(9)).isNaN();
            assertThat(watcher.seconds()).isPositive().isLessThan(1e6);
            TrialResult.Oracle oracle = watcher.oracle(psnr(9), 4);
            assertThat(oracle.iteration()).isEqualTo(3);
            assertThat(oracle.psnr()).isCloseTo(psnr(4), within(1e-4));
            assertThat(oracle.gap()).isCloseTo(psnr(4) - psnr(9), within(1e-4));
            assertThat(watcher.oracle(60, 2)).isEqualTo(new TrialResult.Oracle(60, 2, 0));
        }
    }

    @Test
    void nothingIsLeftOfAScorer() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor truth = plain(12, 1, 2, 3);
            long before = Scope.live();
            new Scorer(LUMA, truth, null).close();
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }
}
