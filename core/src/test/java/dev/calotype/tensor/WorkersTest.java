package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
    private static Iterator<Integer> numbers(int count) {
        return IntStream.range(0, count).iterator();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void resultsComeInTheOrderOfThePiecesWhoeverIsFirst(int count) {
        List<Integer> results = new ArrayList<>();
        CountDownLatch second = new CountDownLatch(count == 1 ? 0 : 1);
        try (Workers workers = new Workers(count)) {
            workers.inOrder(
                    numbers(7),
                    piece -> {
                        if (piece == 0) await(second); // what comes first is done last
                        if (piece == 1) second.countDown();
                        return 10 * piece;
                    },
                    results::add);
        }
        assertThat(results).containsExactly(0, 10, 20, 30, 40, 50, 60);
    }

    @Test
    void noMoreIsTakenThanIsWorkedOnAndOneMore() {
        AtomicInteger taken = new AtomicInteger(), given = new AtomicInteger();
        List<Integer> ahead = new ArrayList<>();
        Iterator<Integer> pieces = IntStream.range(0, 20)
                .peek(i -> ahead.add(taken.incrementAndGet() - given.get()))
                .iterator();
        try (Workers workers = new Workers(2)) {
            workers.inOrder(pieces, Function.identity(), result -> given.incrementAndGet());
        }
        assertThat(given).hasValue(20);
        assertThat(ahead).allMatch(pending -> pending <= 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatAWorkerThrowsIsThrownAndWhatCameBeforeIsGiven(int count) {
        List<Integer> results = new ArrayList<>();
        IllegalArgumentException wrong = new IllegalArgumentException("the third is wrong");
        try (Workers workers = new Workers(count)) {
            assertThatThrownBy(() -> workers.inOrder(
                            numbers(5),
                            piece -> {
                                if (piece == 2) throw wrong;
                                return piece;
                            },
                            results::add))
                    .isSameAs(wrong);
        }
        assertThat(results).containsExactly(0, 1);
    }

    @Test
    void closingWaitsForWhatWasBegunAndBeginsNothingMore() {
        AtomicInteger begun = new AtomicInteger(), ended = new AtomicInteger();
        CountDownLatch failing = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.inOrder(
                            numbers(100),
                            piece -> {
                                begun.incrementAndGet();
                                if (piece == 0) await(failing);
                                failing.countDown();
                                for (int i = 0; i < 1000; i++) Thread.yield();
                                ended.incrementAndGet();
                                return piece;
                            },
                            result -> {
                                throw new IllegalStateException("enough");
                            }))
                    .hasMessage("enough");
        }
        int before = begun.get();
        assertThat(ended).hasValue(before);
        assertThat(before).isLessThan(5);
        assertThat(begun).hasValue(before);
    }

    @Test
    void whoIsInterruptedWaitsForNobody() {
        CountDownLatch never = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> workers.inOrder(
                            numbers(3),
                            piece -> {
                                await(never);
                                return piece;
                            },
                            result -> {}))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("interrupted while waiting for a worker");
            never.countDown();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** The others use what the caller frees when it goes on. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyWorksAnyMoreWhenTheResultsAreThereOrOneFailed(boolean fails) {
        AtomicInteger ended = new AtomicInteger();
        try (Workers workers = new Workers(2)) {
            if (!fails) Thread.currentThread().interrupt();
            Throwable thrown = catchThrowable(() -> workers.run(2, piece -> {
                if (fails && piece == 0) throw new IllegalStateException("no memory");
                for (int i = 0; i < 10_000; i++) Thread.yield();
                return ended.incrementAndGet();
            }));
            assertThat(ended).hasValue(fails ? 1 : 2);
            assertThat(thrown != null).isEqualTo(fails);
            if (fails) assertThat(thrown).hasMessage("no memory");
        } finally {
            assertThat(Thread.interrupted()).isEqualTo(!fails);
        }
    }

    @Test
    void threadsOfTheEngineAreDividedAmongWorkers() {
        int threads = torch.get_num_threads();
        torch.set_num_threads(2);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        for (int most : new int[] {1, 2, 8})
            try (Workers workers = Workers.upTo(most)) {
                workers.inOrder(numbers(6), piece -> seen.add(torch.get_num_threads()), added -> {});
                assertThat(seen).containsExactly(most == 1 ? 2 : 1);
                seen.clear();
            }
        try (Workers workers = new Workers(2, 2)) {
            workers.inOrder(numbers(6), piece -> seen.add(torch.get_num_threads()), added -> {});
            assertThat(seen).containsExactly(2);
        }
        assertThat(torch.get_num_threads()).isEqualTo(2);
        torch.set_num_threads(threads);
    }

    @Test
    void whoBeginsAfterwardsHasAsManyThreadsAsBefore() throws Exception {
        int threads = torch.get_num_threads();
        Engine.load(2);
        try (Workers workers = new Workers(2)) {
            workers.inOrder(numbers(4), piece -> torch.get_num_threads(), each -> {});
        }
        assertThat(CompletableFuture.supplyAsync(torch::get_num_threads, run -> new Thread(run).start())
                        .get())
                .isEqualTo(2);
        torch.set_num_threads(threads);
    }

    @Test
    void threadsThatWereAskedForStayThoseWhateverOthersSet() throws Exception {
        CountDownLatch loaded = new CountDownLatch(1), others = new CountDownLatch(1);
        CompletableFuture<Integer> found = CompletableFuture.supplyAsync(
                () -> {
                    Engine.load(2);
                    loaded.countDown();
                    await(others);
                    return torch.get_num_threads();
                },
                run -> new Thread(run).start());
        loaded.await();
        try (Workers workers = new Workers(2)) {
            workers.inOrder(numbers(4), piece -> piece, each -> {});
            others.countDown();
            assertThat(found.get()).isEqualTo(2);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) { // closing: what waits ends
            Thread.currentThread().interrupt();
        }
    }
}
