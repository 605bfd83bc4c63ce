package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Rng;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255, 256, 257, 1000, 65_537})
    void everyNumberComesOnce(int size) {
        Permutation order = new Permutation(size, Rng.of(5));
        assertThat(LongStream.range(0, size).map(order::at).sorted().toArray())
                .isEqualTo(LongStream.range(0, size).toArray());
    }

    @Test
    void allOrdersOfAFewAreEquallyLikely() {
        Map<String, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < 24_000; epoch++) {
            Permutation order = new Permutation(4, Rng.of(1).fork(epoch));
            counts.merge("" + order.at(0) + order.at(1) + order.at(2) + order.at(3), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        assertThat(counts.values()).allMatch(n -> Math.abs(n - 1000) < 5 * Math.sqrt(1000));
    }

    @Test
    void neighboursAreTornApart() {
        int size = 10_000;
        Permutation order = new Permutation(size, Rng.of(2));
        double distance = LongStream.range(1, size)
                .map(i -> Math.abs(order.at(i) - order.at(i - 1)))
                .average()
                .orElseThrow();
        assertThat(distance).isBetween(size / 3.0 * 0.95, size / 3.0 * 1.05);
    }

    @Test
    void trillionsNeedNoMemory() {
        long size = 3_000_000_000_001L;
        Permutation order = new Permutation(size, Rng.of(3));
        for (long i = size - 1000; i < size; i++) assertThat(order.at(i)).isBetween(0L, size - 1);
    }
}
