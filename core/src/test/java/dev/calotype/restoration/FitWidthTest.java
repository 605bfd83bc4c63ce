package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.Picture;
import dev.calotype.restore.Budget;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FitWidthTest {
    private static final Method OPEN = Methods.named("dip-ema", List.of());

    private static FitWidth.Fitting fitted(double seconds, long pixels) throws IOException {
        return fitted(seconds, pixels, () -> {});
    }

    private static FitWidth.Fitting fitted(double seconds, long pixels, Runnable heard) throws IOException {
        Picture picture = Studies.smooth(64, 64, 1, 9);
        try (PointerScope scope = new PointerScope();
                Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
            Damaged.Parts parts = new Damaged.Noisy().on(Seen.of(picture).file(), null);
            Sample sample = Sample.of(Seen.of(picture), parts, 1, 0.2);
            return new FitWidth(new Proving(sample, equipment, pixels, heard), Rng.of(3)).in(OPEN, seconds);
        }
    }

    private static double millisecondForEachSixteenChannels(Method method) {
        for (int width : new int[] {16, 32, 64, 128})
            if (method.content().contains("\"width\":" + width + ",")) return width / 16e3;
        throw new AssertionError(method.content());
    }

    @Test
    void muchTimeTakesTheWidestAndLittleTheNarrowestAndSaysSo() throws IOException {
        FitWidth.Fitting much = fitted(1e6, 64 * 64);
        assertThat(much.method().content()).contains("\"width\":128");
        assertThat(much.reason())
                .startsWith("with a network of 128 channels, about ")
                .doesNotContain("wants", "few");
        FitWidth.Fitting little = fitted(1e-3, 64 * 64);
        assertThat(little.method().content()).contains("\"width\":16");
        assertThat(little.reason()).contains("of 16 channels", "about 0 iterations", "too few", "1500 take about");
    }

    @Test
    void whoWantsItToEndIsHeardAfterAnIteration() {
        int[] heard = {0};
        assertThatThrownBy(() -> fitted(1e6, 64 * 64, () -> {
                    if (++heard[0] == 2) throw new StepWatcher.Stopped();
                }))
                .isInstanceOf(StepWatcher.Stopped.class);
        assertThat(heard[0]).isEqualTo(2);
    }

    @Test
    void aLargerPictureNeedsMoreTimeForTheSameNetwork() throws IOException {
        assertThat(fitted(3600, 64L * 64 * 1_000_000).reason()).contains("of 16 channels", "too few");
        assertThat(fitted(3600, 64 * 64).reason()).doesNotContain("too few");
    }

    @Test
    void whatWouldBeWiderIsSaidWithItsTime() throws IOException {
        FitWidth.Fitting fitting = FitWidth.in(OPEN, 10, FitWidthTest::millisecondForEachSixteenChannels);
        assertThat(fitting.method().content()).contains("\"width\":64");
        assertThat(fitting.reason())
                .containsPattern(
                        "of \\d+ channels, about \\d{4,} iterations in the time; one of \\d+ channels wants \\d+ s for 1500$")
                .isEqualTo(
                        "with a network of 64 channels, about 2500 iterations in the time; one of 128 channels wants 12 s"
                                + " for 1500");
    }

    @Test
    void onlyANetworkThatWasNotNamedIsLeftToTheTime() {
        assertThat(OPEN.isOpen()).isTrue();
        for (String named : List.of("network=skip", "network=skip-small", "width=24"))
            assertThat(Methods.named("dip", List.of(named)).isOpen()).isFalse();
        assertThat(Methods.named("tv", List.of()).isOpen()).isFalse();
        Method wide = OPEN.wide(32);
        assertThat(wide.isOpen()).isFalse();
        assertThat(wide.kind()).isEqualTo("dip-ema");
        assertThat(wide.content()).contains("\"width\":32", "\"longest\":5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"width=-1", "width=1025"})
    void aWidthIsBounded(String setting) {
        assertThatThrownBy(() -> Methods.named("dip", List.of(setting)))
                .hasMessageContaining("width must be in 0..1024: ");
        assertThatThrownBy(() -> Methods.named("dip", List.of("network=unet", "width=8")))
                .hasMessageContaining("width is for the networks auto, skip and skip-inpainting");
    }

    @Test
    void aFitEndsBeforeItsTimeIsUp() throws IOException {
        Budget.Clock clock = new Budget.Clock(1000, System.nanoTime() - 900_000_000_000L);
        assertThat(clock.over(50)).isFalse();
        assertThat(clock.over(100)).isTrue();
        assertThat(new Budget.Clock(0, 0).over(1e9)).isFalse();
    }
}
