package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.LiveTensors.Count;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class LiveTensorsTest {
    private static final long VALUES = 1000, BYTES = 4 * VALUES;
    private static final int DEPTH = 6;

    /** The exponential of the exponential and so on, each in a scope of its own that frees what it was made of. */
    private static Tensor tower(Tensor x, int depth) {
        return depth == 0 ? x.exp() : Scope.tidy(() -> tower(x, depth - 1).mul(x));
    }

    private static Count of(boolean graph, long values) {
        Runnable step = () -> Scope.run(() -> tower(torch.zeros(values).set_requires_grad(graph), DEPTH));
        return new LiveTensors(step).of(step);
    }

    @Test
    void whatIsFreedOnTheWayIsNotCountedTogether() {
        Count count = of(false, VALUES);
        assertThat(count.most()).isEqualTo(3 * BYTES); // a result, what it was made of, and the leaf
        assertThat(count.widest()).isEqualTo(BYTES);
    }

    @Test
    void whatAGraphKeepsIsAliveAlsoWhereNoScopeHoldsIt() {
        assertThat(of(true, VALUES).most()).isEqualTo((DEPTH + 2) * BYTES);
    }

    @Test
    void whatWasThereBeforeIsNotCounted() {
        try (Tensor weights = Scope.keep(() -> torch.zeros(VALUES))) {
            Runnable step = () -> Scope.run(() -> {
                for (int i = 0; i < 3; i++) weights.narrow(0, i, 5).add_(torch.ones(5));
            });
            assertThat(new LiveTensors(step).of(step)).isEqualTo(new Count(3 * 5 * 4, 5 * 4));
        }
    }

    @Test
    void otherThreadsAreCountedToo() throws Exception {
        Runnable step = () -> {
            Thread thread = new Thread(() -> Scope.run(() -> torch.zeros(VALUES)));
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        assertThat(new LiveTensors(step).of(step).most()).isEqualTo(BYTES);
    }

    @Test
    void nothingIsHeldOrCountedAfterwards() {
        of(true, VALUES);
        long before = Scope.live();
        List.of(1, 2, 3).forEach(i -> Scope.run(() -> torch.zeros(VALUES)));
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
