package dev.calotype.studio.draw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When pictures that nobody wants any more are dropped from a batch. */
class JointDrawingTest {
    @Test
    void aBatchIsBegunAnewWhereThatTakesFewerEvaluationsThanToEndIt() {
        int steps = 20;
        for (int done = 1; done < steps; done++)
            for (int unwanted = 0; unwanted <= 8; unwanted++)
                for (int wanted = 0; wanted <= 8; wanted++) {
                    int toItsEnd = (steps - done) * (unwanted + wanted), anew = steps * wanted;
                    assertThat(JointDrawing.isSoonerAnew(done, steps, unwanted, wanted))
                            .isEqualTo(anew < toItsEnd);
                }
    }

    @Test
    void whatEverybodyWantsOrIsDoneIsKept() {
        assertThat(JointDrawing.isSoonerAnew(1, 20, 0, 8)).isFalse();
        assertThat(JointDrawing.isSoonerAnew(20, 20, 8, 0)).isFalse();
        assertThat(JointDrawing.isSoonerAnew(1, 20, 8, 0)).isTrue();
    }
}
