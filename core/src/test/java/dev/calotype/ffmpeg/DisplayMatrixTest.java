package dev.calotype.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayMatrixTest {
    @Test
    void everyWayOfHoldingACameraHasItsNumber() {
        int[][] shown = {
            {1, 0, 0, 1},
            {-1, 0, 0, 1},
            {-1, 0, 0, -1},
            {1, 0, 0, -1},
            {0, 1, 1, 0},
            {0, 1, -1, 0},
            {0, -1, -1, 0},
            {0, -1, 1, 0}
        };
        List<Integer> orientations = new ArrayList<>();
        for (int[] m : shown) orientations.add(DisplayMatrix.orientation(m[0], m[1], m[2], m[3]));
        assertThat(orientations).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(DisplayMatrix.orientation(1, 1, -1, 1)).isEqualTo(1);
    }
}
