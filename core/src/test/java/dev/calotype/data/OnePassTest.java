package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.BatchesTest.Ramps;
import dev.calotype.data.Preparation.Flip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class OnePassTest {
    private static final Preparation AS_IS = new Preparation(4, 3, Flip.RANDOM);

    /** The labels that come, and of each where it stands in the order, by {@link Gaps}. */
    private record Seen(List<Integer> labels, List<Long> positions) {}

    private static Seen seen(ImageDataset data, int batch, long count) {
        List<Integer> labels = new ArrayList<>();
        try (OnePass pass = new OnePass(data, AS_IS, batch, 3, count)) {
            while (pass.hasNext()) {
                Batch next = pass.next();
                assertThat(next.count()).isLessThanOrEqualTo(batch);
                Arrays.stream(next.labels()).forEach(labels::add);
                assertThat(pass.read()).isEqualTo(labels.size());
            }
            assertThatThrownBy(pass::next).isInstanceOf(NoSuchElementException.class);
            List<Long> positions = new ArrayList<>();
            for (int i = 0; i < labels.size(); i++) positions.add(pass.gaps().position(i));
            return new Seen(labels, positions);
        }
    }

    private static List<Integer> order(int size) {
        return Arrays.stream(Batches.firstIndices(size, 3, size))
                .mapToObj(i -> (int) i)
                .toList();
    }

    @Test
    void eachSampleComesOnceInTheOrderOfBatches() {
        assertThat(seen(new Ramps(20), 7, 100).labels).isEqualTo(order(20));
        assertThat(seen(new Ramps(20), 7, 9).labels).isEqualTo(order(20).subList(0, 9));
    }

    @Test
    void whatCannotBeReadIsPassedOverAndNothingComesTwice() {
        List<Integer> whole = order(300), readable = new ArrayList<>(whole);
        Integer[] bad = {whole.get(0), whole.get(4), whole.get(5)};
        readable.removeAll(List.of(bad));
        for (int count : List.of(2, 9, 295, 297, 1000)) {
            Seen seen = seen(new Ramps(300, bad), 4, count);
            assertThat(seen.labels).isEqualTo(readable.subList(0, Math.min(297, count)));
            for (int i = 0; i < seen.labels.size(); i++)
                assertThat(whole.get((int) (long) seen.positions.get(i))).isEqualTo(seen.labels.get(i));
        }
    }

    @Test
    void aBatchOfWhichNothingCanBeReadIsNone() {
        List<Integer> whole = order(200);
        Seen seen = seen(new Ramps(200, whole.get(4)), 1, 200);
        assertThat(seen.labels).hasSize(199).doesNotContain(whole.get(4)).doesNotHaveDuplicates();
    }

    @Test
    void tooManyThatCannotBeReadAreRefused() {
        assertThatThrownBy(() -> seen(new Ramps(40, 3, 17), 4, 40)).isInstanceOf(CorruptDataException.class);
    }
}
