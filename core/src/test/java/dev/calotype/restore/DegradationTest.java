package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.restore.LinearOperator.Size;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DegradationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "gaussian:25",
                "gaussian:12.5:clipped",
                "mask:0.5",
                "text:0.05",
                "down:4",
                "down:2:lanczos",
                "mask:0.5+gaussian:25",
                "down:2+mask:0.25+gaussian:5+gaussian:10:clipped"
            })
    void textIsReadAndWrittenAlike(String text) {
        assertThat(Degradation.parse(text)).hasToString(text);
        assertThat(Degradation.parse(text)).isEqualTo(Degradation.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "gaussian            | 'gaussian' must be followed by a number: 'gaussian'",
                "gaussian:x          | 'gaussian' must be followed by a number: 'gaussian:x'",
                "gaussian:-1         | the level of Gaussian noise must be at least 0: -1.0",
                "gaussian:NaN        | the level of Gaussian noise must be at least 0: NaN",
                "gaussian:5:6        | noise must be clipped or unclipped: '6'",
                "none:1              | 'none' takes at most 0 values: 'none:1'",
                "mask:1              | the share of missing pixels must be in 0..1, less than 1: 1.0",
                "down:2.5            | 'down' must be followed by a whole number: 'down:2.5'",
                "down:0              | the factor of a reduction must be in 1..64: 0",
                "down:2:cubic        | the filter must be box, bilinear, bicubic or lanczos: 'cubic'",
                "motion:5            | motion wants LENGTH:DEGREES, such as motion:15:30: 'motion:5'",
                "motion:0:0          | the length of a motion must be in 1..100 pixels: 0.0",
                "blur:0              | the sigma of a blur must be in 0..50 pixels, more than 0: 0.0",
                "poisson:0           | the peak of Poisson noise must be in 0..100000, more than 0: 0.0",
                "salt-pepper:2       | the share of salt and pepper must be in 0..1: 2.0",
                "jpeg:0              | the quality of JPEG must be in 1..100: 0",
                "jpeg:5:5            | the chroma of JPEG must be halved or full: '5'",
                "gaussian:5+mask:0.5 | operators must come before noise: 'gaussian:5+mask:0.5'"
            })
    void whatIsNoDegradationIsRefused(String text, String message) {
        assertThatThrownBy(() -> Degradation.parse(text)).hasMessage(message);
    }

    @Test
    void anUnknownNameIsToldTheKnown() {
        assertThatThrownBy(() -> Degradation.parse("mist:1"))
                .hasMessageStartingWith("a degradation must be one of")
                .hasMessageContaining("down, ")
                .hasMessageEndingWith("'mist'");
    }

    @Test
    void theSameSeedGivesTheSameObservation() {
        Scope.run(() -> {
            Degradation degradation = Degradation.parse("mask:0.5+gaussian:25");
            Tensor clean = Rng.of(1).uniform(1, 3, 8, 8);
            Observation a = degradation.observe(clean, Rng.of(2));
            Observation b = degradation.observe(clean, Rng.of(2));
            Observation c = degradation.observe(clean, Rng.of(3));
            assertThat(a.operator()).isEqualTo(b.operator()).isNotEqualTo(c.operator());
            assertThat(Tensors.floats(a.image())).isEqualTo(Tensors.floats(b.image()));
        });
    }

    @Test
    void noiseDoesNotReachWhatIsHidden() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("down:2+mask:0.5+gaussian:25")
                    .observe(Rng.of(1).uniform(1, 3, 16, 16), Rng.of(2));
            Composition both = (Composition) seen.operator();
            Masking mask = (Masking) both.second();
            Tensor missing = mask.mask(seen.image()).eq(new Scalar(0));
            assertThat(seen.image().mul(missing).abs().max().item_double()).isZero();
            assertThat(seen.sigma()).isCloseTo(25 / 127.5, within(1e-12));
            assertThat(seen.size()).isEqualTo(new Size(16, 16));
        });
    }

    @Test
    void sidesMustBeMultiplesOfTheFactor() {
        Scope.run(() -> assertThatThrownBy(
                        () -> Degradation.parse("down:4").observe(Rng.of(1).uniform(1, 1, 10, 12), Rng.of(1)))
                .hasMessage("the sides of a picture to be reduced must be multiples of 4: 10 x 12"));
    }
}
