package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.BatchesTest.Ramps;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SelectedTest {
    @Test
    void someAreSpreadOverTheSetAndStandInItsOrder() {
        Ramps data = new Ramps(100);
        long[] places = ((Selected) Selected.inOrder(data, 10)).places();
        assertThat(places).hasSize(10).isSorted();
        for (int tenth = 0; tenth < 5; tenth++) {
            int from = 20 * tenth;
            assertThat(Arrays.stream(places).filter(place -> place >= from && place < from + 20))
                    .as("of the part from %d on", from)
                    .isNotEmpty();
        }
        assertThat(Selected.inOrder(data, 100)).isSameAs(data);
    }
}
