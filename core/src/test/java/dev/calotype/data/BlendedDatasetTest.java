package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.column.Columns;
import dev.calotype.data.rooms.Guests;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlendedDatasetTest {
    private static final List<String> KNOWN = Rooms.train(32).classes();

    @Test
    void samplesSayWhichOfTheTwoSetsTheyAreOfInTheShareThatWasAsked() throws IOException {
        try (ImageDataset both = new BlendedDataset(Guests.train(32, 3), Rooms.test(32), 0.25, KNOWN)) {
            long edge = (long) (0.75 * both.size());
            Rng rng = Rng.of(1);
            for (long index : new long[] {0, 5, edge - 2, edge + 2, both.size() - 1}) {
                int wanted = index < edge ? 0 : 1;
                Sample plain = both.read(index), drawn = both.read(index, rng);
                assertThat(plain.columns().numbers(Columns.REHEARSED)).containsExactly(wanted);
                assertThat(drawn.columns().numbers(Columns.REHEARSED)).containsExactly(wanted);
                assertThat(plain.label() == KNOWN.size()).isEqualTo(wanted == 0);
                assertThat(both.label(index)).isEqualTo(plain.label());
            }
        }
    }

    @Test
    void oneSetAloneIsNotRehearsed() throws IOException {
        try (ImageDataset alone = new BlendedDataset(Guests.train(32, 3), KNOWN)) {
            assertThat(alone.read(0).columns().has(Columns.REHEARSED)).isFalse();
        }
    }
}
