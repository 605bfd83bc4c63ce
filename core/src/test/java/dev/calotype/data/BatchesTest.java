package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Batches.Plan;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.image.Picture;
import dev.calotype.io.HeapFullException;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class BatchesTest {
    private static final Preparation AS_IS = new Preparation(4, 3, Flip.NONE);
    private static final Preparation FLIPPED = new Preparation(4, 3, Flip.RANDOM);

    /** Sample i has label i, caption "i" and a ramp that rises to the right from i; the bad ones cannot be read. */
    static class Ramps implements ImageDataset {
        final int size;
        final Set<Integer> bad;
        final AtomicInteger reads = new AtomicInteger();

        Ramps(int size, Integer... bad) {
            this.size = size;
            this.bad = Set.of(bad);
        }

        @Override
        public String name() {
            return "ramps";
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public Sample read(long index) throws IOException {
            reads.incrementAndGet();
            if (bad.contains((int) index)) throw new IOException(index + ".png is truncated");
            byte[] pixels = new byte[4 * 4 * 3];
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (index + 10 * (i / 3 % 4) + 100 * (i % 3));
            return new Sample(index + ".png", new Picture(4, 4, 3, pixels), (int) index, "" + index, Map.of());
        }
    }

    private static List<Batch> take(int count, ImageDataset data, Preparation preparation, Plan plan) {
        try (Batches batches = new Batches(data, preparation, plan)) {
            return IntStream.range(0, count).mapToObj(i -> batches.next()).toList();
        }
    }

    private static int[] labels(List<Batch> batches) {
        return batches.stream().flatMapToInt(b -> Arrays.stream(b.labels())).toArray();
    }

    private static byte[] pixels(List<Batch> batches) {
        byte[] all = new byte[batches.stream().mapToInt(b -> b.pixels().length).sum()];
        int at = 0;
        for (Batch batch : batches) {
            System.arraycopy(batch.pixels(), 0, all, at, batch.pixels().length);
            at += batch.pixels().length;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void allPartsTogetherAreTheBatch(int parts) {
        Ramps data = new Ramps(37, 5, 6, 30);
        Plan plan = Plan.of(8, 7).tolerating(0.5).from(3);
        List<Batch> whole = take(12, data, FLIPPED, plan);
        List<List<Batch>> some = IntStream.range(0, parts)
                .mapToObj(part -> take(12, data, FLIPPED, plan.part(part, parts)))
                .toList();
        for (int step = 0; step < 12; step++) {
            int now = step;
            List<Batch> together =
                    some.stream().map(batches -> batches.get(now)).toList();
            assertThat(labels(together)).containsExactly(labels(List.of(whole.get(step))));
            assertThat(pixels(together)).containsExactly(pixels(List.of(whole.get(step))));
        }
    }

    @Test
    void aBatchDividesIntoEqualPartsOnly() {
        assertThatThrownBy(() -> Plan.of(8, 7).part(0, 3))
                .hasMessage("a batch of 8 samples must divide into equal parts: 3");
        assertThatThrownBy(() -> Plan.of(8, 7).part(2, 2)).hasMessage("part must be in 0..1: 2");
    }

    @Test
    void theBatchOfAStepDoesNotDependOnThreadsOrOnWhereTheRunBegan() {
        Ramps data = new Ramps(37, 5, 6, 30);
        Plan plan = Plan.of(8, 7).tolerating(0.5);
        List<Batch> once = take(30, data, FLIPPED, plan.on(1));
        for (int threads : new int[] {1, 2, 5}) {
            List<Batch> again = take(30, data, FLIPPED, plan.on(threads));
            assertThat(labels(again)).isEqualTo(labels(once));
            assertThat(pixels(again)).isEqualTo(pixels(once));
            List<Batch> resumed = take(13, data, FLIPPED, plan.on(threads).from(17));
            assertThat(labels(resumed)).isEqualTo(labels(once.subList(17, 30)));
            assertThat(pixels(resumed)).isEqualTo(pixels(once.subList(17, 30)));
        }
        assertThat(labels(take(30, data, FLIPPED, Plan.of(8, 8).tolerating(0.5))))
                .isNotEqualTo(labels(once));
    }

    @Test
    void aHeapWithoutRoomForASampleEndsTheBatchesAndIsNoCorruptSample() {
        Ramps data = new Ramps(10) {
            @Override
            public Sample read(long index) throws IOException {
                if (index == 3) throw HeapFullException.of(new OutOfMemoryError("Java heap space"));
                return super.read(index);
            }
        };
        try (Batches batches = new Batches(data, AS_IS, Plan.of(5, 0).tolerating(0.5))) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(HeapFullException.class)
                    .hasMessageMatching("ramps, sample 3: a picture needs more memory than is left .* by -Xmx");
            assertThat(batches.corrupt()).isZero();
        }
    }

    @Test
    void aHeapThatIsFullOfBatchesIsTold() {
        Ramps data = new Ramps(10) {
            @Override
            public Sample read(long index) {
                throw new OutOfMemoryError("Java heap space");
            }
        };
        try (Batches batches = new Batches(data, AS_IS, Plan.of(5, 0))) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(HeapFullException.class)
                    .hasMessageMatching(
                            "batches of 5 samples of ramps: a picture needs more memory than is left .* by -Xmx");
        }
    }

    @Test
    void theOrderIsTheSameForeverAndEverywhere() {
        assertThat(labels(take(2, new Ramps(10), AS_IS, Plan.of(5, 0)))).containsExactly(3, 7, 6, 1, 0, 9, 8, 4, 2, 5);
    }

    @Test
    void everyEpochVisitsEverySampleOnceInAnOrderOfItsOwn() {
        int[] labels = labels(take(9, new Ramps(12), AS_IS, Plan.of(4, 3)));
        int[] all = IntStream.range(0, 12).toArray();
        int[] first = Arrays.copyOfRange(labels, 0, 12);
        int[] second = Arrays.copyOfRange(labels, 12, 24);
        assertThat(first).containsExactlyInAnyOrder(all).isNotEqualTo(all).isNotEqualTo(second);
        assertThat(second).containsExactlyInAnyOrder(all);
        assertThat(Arrays.copyOfRange(labels, 24, 36)).containsExactlyInAnyOrder(all);
    }

    @Test
    void aBatchMayBeLargerThanTheDataSet() {
        int[] labels = labels(take(1, new Ramps(3), AS_IS, Plan.of(7, 3)));
        assertThat(Arrays.copyOf(labels, 3)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(Arrays.copyOfRange(labels, 3, 6)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void pixelsLabelsAndCaptionsBelongTogether() {
        Scope.run(() -> {
            Batch batch = take(1, new Ramps(9), AS_IS, Plan.of(6, 1)).get(0);
            float[] x = Tensors.floats(batch.images());
            assertThat(Tensors.shape(batch.images())).containsExactly(6, 3, 4, 4);
            for (int n = 0; n < batch.count(); n++)
                for (int c = 0; c < 3; c++)
                    for (int i = 0; i < 16; i++) {
                        int value = batch.labels()[n] + 10 * (i % 4) + 100 * c;
                        assertThat(x[(n * 3 + c) * 16 + i]).isEqualTo(value / 127.5f - 1);
                        assertThat(batch.captions().get(n)).isEqualTo("" + batch.labels()[n]);
                    }
        });
    }

    @Test
    void halfOfThePicturesAreMirroredAndEachEpochDrawsAnew() {
        List<Batch> batches = take(50, new Ramps(20), FLIPPED, Plan.of(20, 3));
        List<Boolean> flips = new ArrayList<>();
        for (Batch batch : batches)
            for (int n = 0; n < 20; n++) {
                int left = batch.pixels()[n * 48] & 0xFF;
                flips.add(left == batch.labels()[n] + 30);
                assertThat(left).isIn(batch.labels()[n], batch.labels()[n] + 30);
            }
        assertThat(flips.stream().filter(f -> f).count()).isBetween(440L, 560L); // 500 +- 4 sigma
        assertThat(flips.subList(0, 20)).isNotEqualTo(flips.subList(20, 40));
    }

    @Test
    void aCorruptSampleIsReplacedByTheNextGoodOneOfItsEpoch() {
        int[] whole = labels(take(5, new Ramps(20), AS_IS, Plan.of(20, 3)));
        int bad = whole[7];
        int alsoBad = whole[8];
        Ramps data = new Ramps(20, bad, alsoBad);
        try (Batches batches = new Batches(data, AS_IS, Plan.of(20, 3).tolerating(0.1))) {
            for (int epoch = 0; epoch < 5; epoch++) {
                int[] labels = batches.next().labels();
                for (int i = 0; i < 20; i++) {
                    int j = i;
                    while (data.bad.contains(whole[20 * epoch + j])) j = (j + 1) % 20;
                    assertThat(labels[i]).isEqualTo(whole[20 * epoch + j]);
                }
            }
            assertThat(batches.corrupt()).isEqualTo(2);
        }
        assertThat(data.reads.get()).isLessThanOrEqualTo(20 * 9 + 2 * 4); // a known one is not tried again and again
    }

    @Test
    void tooManyCorruptSamplesStopTheRunWithTheirNames() {
        assertThatThrownBy(() -> take(90, new Ramps(40, 3, 17), AS_IS, Plan.of(4, 3)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContainingAll("ramps: 2 of", "corrupt", "limit of 1.0 %", "sample 17 (17.png is truncated)");
        assertThat(take(90, new Ramps(40, 3), AS_IS, Plan.of(4, 3))).hasSize(90);
        assertThatThrownBy(() -> take(90, new Ramps(40, 3), AS_IS, Plan.of(4, 3).tolerating(0)))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(
                        () -> take(1, new Ramps(2, 0, 1), AS_IS, Plan.of(4, 3).tolerating(1)))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void whatBreaksAThreadReachesTheTrainer() {
        ImageDataset broken = new ImageDataset() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public long size() {
                return 5;
            }

            @Override
            public Sample read(long index) {
                throw new UnsupportedOperationException("no decoder");
            }
        };
        assertThatThrownBy(() -> take(1, broken, AS_IS, Plan.of(2, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("decoding broken failed")
                .hasRootCauseMessage("no decoder");
    }

    @Test
    void threadsDecodeAFewBatchesAheadThenRestAndEndAtClose() {
        Ramps data = new Ramps(1000);
        Batches batches = new Batches(data, AS_IS, Plan.of(5, 0).on(3));
        List<Thread> threads = threads();
        assertThat(threads).hasSize(3).allMatch(Thread::isDaemon);
        for (Thread thread : threads) while (thread.getState() != Thread.State.WAITING) Thread.onSpinWait();
        assertThat(data.reads.get()).isEqualTo(20);
        batches.next();
        while (data.reads.get() < 25) Thread.onSpinWait();
        assertThat(batches.step()).isEqualTo(1);
        batches.close();
        assertThat(threads).noneMatch(Thread::isAlive);
        assertThatThrownBy(batches::next).hasMessageContaining("closed");
        batches.close();
    }

    @Test
    void theSampleOfAPositionIsThatOfTheBatches() throws IOException {
        Ramps data = new Ramps(12);
        try (Batches batches = new Batches(data, AS_IS, Plan.of(12, 5))) {
            int[] labels = batches.next().labels();
            for (int i = 0; i < labels.length; i++)
                assertThat(Batches.sample(data, 5, i).label()).isEqualTo(labels[i]);
        }
        assertThatThrownBy(() -> Batches.sample(new Ramps(1, 0), 5, 0)).hasMessage("0.png is truncated");
    }

    @Test
    void theTimeSpentWaitingForASlowDiskIsReported() {
        CountDownLatch asked = new CountDownLatch(1);
        Ramps slow = new Ramps(10) {
            @Override
            public Sample read(long index) throws IOException {
                try {
                    asked.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.read(index);
            }
        };
        try (Batches batches = new Batches(slow, AS_IS, Plan.of(2, 0).on(1))) {
            assertThat(batches.waitShare()).isZero();
            Thread trainer = Thread.currentThread();
            Thread disk = new Thread(() -> {
                while (trainer.getState() != Thread.State.WAITING) Thread.onSpinWait();
                asked.countDown();
            });
            disk.start();
            batches.next();
            double share = batches.waitShare();
            assertThat(share).isGreaterThan(0).isLessThanOrEqualTo(1);
            long later = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < later) Thread.onSpinWait();
            assertThat(batches.waitShare()).isLessThan(share);
        }
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("calotype-batches-"))
                .toList();
    }
}
