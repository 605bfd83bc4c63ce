package dev.calotype.studio.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.studio.draw.JointDrawing.Batch;
import dev.calotype.studio.draw.JointDrawing.Piece;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import java.lang.reflect.Proxy;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
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

    private static Piece piece(boolean cancelled) {
        JobRun run = (JobRun) Proxy.newProxyInstance(
                JobRun.class.getClassLoader(),
                new Class<?>[] {JobRun.class},
                (self, method, given) -> switch (method.getName()) {
                    case "isCancelled" -> cancelled;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == given[0];
                    default -> null;
                });
        return new Piece(new Work.Turn(null, run, () -> {}), 0);
    }

    private static Batch batch(Boolean... cancelled) {
        return new Batch(Stream.of(cancelled).map(JointDrawingTest::piece).toList());
    }

    @Test
    void whatWasDenoisedIsNotBegunAnewWhileItIsDecoded() {
        Batch some = batch(true, true, false);
        some.at("denoising", 20, 20);
        some.at("decoding", 1, 3);
        assertThatThrownBy(() -> batch(true, true, false).at("denoising", 1, 20))
                .isInstanceOf(CancellationException.class);
        Batch all = batch(true, true);
        all.at("denoising", 20, 20);
        assertThatThrownBy(() -> all.at("decoding", 1, 2)).isInstanceOf(CancellationException.class);
    }
}
