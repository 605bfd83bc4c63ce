package dev.calotype.kind.denoiser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.restore.Masking;
import dev.calotype.tensor.Rng;
import org.junit.jupiter.api.Test;

class HolesTest {
    @Test
    void oneStreamIsOneMaskAndSomethingIsAlwaysKept() {
        for (int i = 0; i < 200; i++) {
            Masking mask = Holes.draw(8, 24, Rng.of(i));
            assertThat(mask).isEqualTo(Holes.draw(8, 24, Rng.of(i)));
            assertThat(mask.keptPixels()).isPositive();
            assertThat(mask.size().height()).isEqualTo(8);
        }
    }

    /** Single pixels are many and lie alone; scratches, strokes and boxes hold squares; half of the masks are of little. */
    @Test
    void littleAndMuchIsMissingInLargeAndInSmallPieces() {
        int much = 0, little = 0, squares = 0, large = 0;
        for (int i = 0; i < 300; i++) {
            Masking mask = Holes.draw(64, 64, Rng.of(i));
            double missing = 1 - mask.keptPixels() / 4096.0;
            assertThat(missing).isLessThan(0.85);
            if (missing > 0.4) much++;
            if (missing < 0.2) little++;
            if (mask.missesSquare(3)) squares++;
            if (mask.missesSquare(10)) large++;
        }
        assertThat(much).isBetween(20, 80);
        assertThat(little).isGreaterThan(130);
        assertThat(squares).isBetween(150, 290);
        assertThat(large).isBetween(15, 70);
    }
}
