package dev.calotype.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.video.ClipSettings.Sampling;
import dev.calotype.tensor.Rng;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class MomentsTest {
    private static final Timeline STEADY = Timeline.untimed(100); // 4 s at 25 frames per second
    private static final Timeline UNEVEN =
            new Timeline(new double[] {0, 0.04, 0.08, 0.6, 0.64, 1.6, 1.64, 1.66}, 2, new BitSet());

    private static ClipSettings clip(int frames, double rate) {
        return new ClipSettings(frames, rate, Sampling.RANDOM);
    }

    @Test
    void withoutARateFramesLieInTheMiddleOfEqualParts() {
        assertThat(Moments.view(STEADY, clip(4, 0), 0, 1)).containsExactly(12, 37, 62, 87);
        assertThat(Moments.view(Timeline.untimed(8), clip(8, 0), 0, 1)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Moments.view(Timeline.untimed(2), clip(4, 0), 0, 1)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void aRateCountsByTheTimesAtWhichFramesAreShown() {
        assertThat(Moments.view(STEADY, clip(4, 25), 0, 2)).containsExactly(0, 1, 2, 3);
        assertThat(Moments.view(STEADY, clip(4, 12.5), 0, 2)).containsExactly(1, 3, 5, 7);
        assertThat(Moments.view(STEADY, clip(4, 50), 0, 2)).containsExactly(0, 0, 1, 1);
        assertThat(Moments.view(STEADY, clip(4, 25), 0, 1)).containsExactly(48, 49, 50, 51);
        assertThat(Moments.view(UNEVEN, clip(4, 2), 0, 1)).containsExactly(2, 4, 4, 7);
    }

    @Test
    void theLastFrameStaysWhereAVideoIsTooShort() {
        assertThat(Moments.random(Timeline.untimed(3), clip(5, 25), Rng.of(1))).containsExactly(0, 1, 2, 2, 2);
        assertThat(Moments.view(Timeline.untimed(1), clip(3, 0), 0, 1)).containsExactly(0, 0, 0);
    }

    @Test
    void viewsReachFromTheFirstToTheLastFrame() {
        assertThat(Moments.view(STEADY, clip(5, 25), 0, 4)).startsWith(0);
        assertThat(Moments.view(STEADY, clip(5, 25), 3, 4)).endsWith(99);
    }

    @Test
    void randomClipsStayTogetherAndReachEverywhere() {
        BitSet begun = new BitSet(), seen = new BitSet();
        for (int i = 0; i < 2000; i++) {
            int[] frames = Moments.random(STEADY, clip(4, 25), Rng.of(i));
            for (int k = 1; k < 4; k++) assertThat(frames[k]).isEqualTo(frames[0] + k);
            begun.set(frames[0]);
            int[] spread = Moments.random(STEADY, clip(4, 0), Rng.of(i));
            for (int k = 0; k < 4; k++) {
                assertThat(spread[k]).isBetween(25 * k, 25 * k + 24);
                seen.set(spread[k]);
            }
        }
        assertThat(begun.cardinality()).isBetween(96, 97);
        assertThat(seen.cardinality()).isEqualTo(100);
    }

    @Test
    void settingsThatMakeNoClipAreRefused() {
        assertThatThrownBy(() -> clip(0, 0)).hasMessage("frames must be in 1..256: 0");
        assertThatThrownBy(() -> clip(1, Double.NaN)).hasMessage("rate must be in 0..1000: NaN");
    }
}
