package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Nobody takes more threads than the engine has for who calls. */
class EngineThreadsTest {
    private static final int POOL = 6;

    /** How many threads of a pool came to work, where the engine has so many. */
    private static int threads(int engine, Runnable work) throws InterruptedException, ExecutionException {
        ForkJoinPool pool = new ForkJoinPool(POOL);
        try {
            pool.submit(() -> {
                        int before = torch.get_num_threads();
                        torch.set_num_threads(engine);
                        try {
                            work.run();
                        } finally {
                            torch.set_num_threads(before);
                        }
                    })
                    .get();
            return pool.getPoolSize();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void withOneThreadOfTheEngineOneThreadComputes() throws Exception {
        int side = 512;
        float[][] x = VariationDual.lines(new float[side * side], side);
        VariationDual dual = new VariationDual(1, side, side);
        var pull = new VariationDual.Pull(x, x, 0.4f, 0.25f, 0.8f);
        assertThat(threads(1, () -> dual.iterate(x, x, pull))).isEqualTo(1);
        assertThat(threads(1, () -> dual.ascend(x, 0.1f))).isEqualTo(1);
        assertThat(threads(1, () -> dual.slope(x))).isEqualTo(1);
        assertThat(threads(
                        1,
                        () -> Scope.run(() -> SlidingDct.USUAL.denoise(Rng.of(1).normal(1, 1, 300, 300), 0.1))))
                .isEqualTo(1);
    }

    @Test
    void allIsDoneOnceByNoMoreThreadsThanTheEngineHas() throws Exception {
        AtomicInteger now = new AtomicInteger(), most = new AtomicInteger();
        AtomicIntegerArray done = new AtomicIntegerArray(500);
        threads(
                2,
                () -> Engine.sideBySide(done.length(), i -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    done.incrementAndGet(i);
                    now.decrementAndGet();
                }));
        assertThat(most.get()).isLessThanOrEqualTo(2);
        for (int i = 0; i < done.length(); i++) assertThat(done.get(i)).isEqualTo(1);
    }
}
