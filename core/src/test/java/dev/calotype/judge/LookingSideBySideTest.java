package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Drawn;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.metric.StubNetwork;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.Scattering;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen does not depend on how many look, and who looks is done when a judgement ends. */
class LookingSideBySideTest {
    private static final Preparation PLAIN = new Preparation(32, 3, Preparation.Flip.NONE);
    private static final EvaluationProtocol FEW = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);
    private static final Drawing NOISE = Drawing.of(
            "noise",
            0,
            Recipe.parse("kind: gan\ndata: {source: rooms, size: 32}", List.of())
                    .data(),
            (first, count) -> Rng.of(first).normal(count, 3, 32, 32));

    /** A colourful network that notes who asks it. */
    private static final class Watched implements FeatureNetwork {
        private final FeatureNetwork eyes = new Scattering(Device.CPU);
        private final boolean small;
        private final Set<String> threads = ConcurrentHashMap.newKeySet();
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger busy = new AtomicInteger();
        private int breaksAt = Integer.MAX_VALUE;

        Watched(boolean small) {
            this.small = small;
        }

        @Override
        public String name() {
            return "watched";
        }

        @Override
        public String hash() {
            return eyes.hash();
        }

        @Override
        public int dimensions() {
            return eyes.dimensions();
        }

        @Override
        public String input() {
            return eyes.input();
        }

        @Override
        public boolean small() {
            return small;
        }

        @Override
        public Tensor features(Tensor pixels) {
            threads.add(Thread.currentThread().getName());
            busy.incrementAndGet();
            try {
                if (asked.incrementAndGet() == breaksAt) throw new IllegalArgumentException("no picture for me");
                return eyes.features(pixels);
            } finally {
                busy.decrementAndGet();
            }
        }

        @Override
        public void close() {
            eyes.close();
        }
    }

    private int threads;

    @BeforeEach
    void twoThreads() {
        threads = torch.get_num_threads();
        torch.set_num_threads(2);
    }

    @AfterEach
    void asBefore() {
        torch.set_num_threads(threads);
    }

    private static PixelBatches rooms(int count) {
        return new Stored(Rooms.test(32)).batches(PLAIN, count, 10, Progress.SILENT);
    }

    @Test
    void statisticsAreTheSameToTheBitHoweverManyLook() {
        try (Watched network = new Watched(true)) {
            Judge judge = new Judge(network, FEW, Progress.SILENT);
            List<Map<String, double[]>> states = new ArrayList<>();
            for (int count : new int[] {1, 2, 3})
                try (Workers workers = new Workers(count)) {
                    Side side = new Side(judge, 150, new Side.Role(true, false, false, false, false));
                    side.addAll(rooms(150), workers);
                    assertThat(side.features().statistics().count()).isEqualTo(150);
                    Map<String, double[]> state = new TreeMap<>();
                    Scope.run(() -> side.features()
                            .state()
                            .forEach((name, tensor) -> state.put(name, Tensors.doubles(tensor.reshape(-1)))));
                    states.add(state);
                }
            for (String name : states.get(0).keySet())
                for (Map<String, double[]> other : states)
                    assertThat(other.get(name))
                            .as(name)
                            .containsExactly(states.get(0).get(name));
        }
    }

    @Test
    void classesScoresAndPixelsAreTheSameHoweverManyLook() {
        Judge judge = new Judge(new StubNetwork(), FEW, Progress.SILENT);
        List<Object> seen = new ArrayList<>();
        for (int count : new int[] {1, 2, 3})
            try (Workers workers = new Workers(count)) {
                Side side = new Side(judge, 64, new Side.Role(false, false, true, true, true));
                side.addAll(rooms(64), workers);
                byte[] pixels = Scope.read(() ->
                        Tensors.bytes(side.pixels().tensor(0, side.pixels().size())));
                seen.add(List.of(side.modes(side).byName(), side.inceptionScore(), Arrays.hashCode(pixels)));
            }
        assertThat(seen).allMatch(seen.get(0)::equals);
    }

    @Test
    void aSmallNetworkLooksAtStoredPicturesSideBySideAndAnotherOneDoesNot() {
        String caller = Thread.currentThread().getName();
        long live = Scope.live();
        for (boolean small : new boolean[] {true, false})
            try (Watched network = new Watched(small)) {
                Judge judge = new Judge(network, FEW, Progress.SILENT);
                FeatureStatistics found = judge.statistics(new Stored(Rooms.test(32)), PLAIN, 120);
                assertThat(found.count()).isEqualTo(120);
                assertThat(network.threads).containsExactly(small ? "calotype-worker" : caller);
                network.threads.clear();
                judge.statistics(new Drawn(NOISE), PLAIN, 120);
                assertThat(network.threads).containsExactly(caller);
            }
        assertThat(Scope.live()).isLessThanOrEqualTo(live);
    }

    @Test
    void whatANetworkSaysIsSaidAndNobodyLooksAnyMore() {
        try (Watched network = new Watched(true)) {
            network.breaksAt = 3;
            Judge judge = new Judge(network, FEW, Progress.SILENT);
            assertThatThrownBy(() -> judge.statistics(new Stored(Rooms.test(32)), PLAIN, 1000))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no picture for me");
            assertThat(network.busy).hasValue(0);
            assertThat(network.asked.get()).isLessThan(10);
        }
    }
}
