package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetStatisticsTest {
    private static final byte WHITE = (byte) 255;

    /** Six samples, of which number 4 is corrupt; what was asked for is noted. */
    private static final class Six implements ImageDataset {
        private final List<Long> asked = new ArrayList<>();

        @Override
        public String name() {
            return "six";
        }

        @Override
        public long size() {
            return 6;
        }

        @Override
        public List<String> classes() {
            return List.of("even", "odd");
        }

        @Override
        public Sample read(long index) throws IOException {
            asked.add(index);
            if (index == 4) throw new IOException("four.png: broken");
            byte[] pixels = new byte[3 * (int) (index + 1)];
            if (index == 0) pixels[0] = WHITE;
            if (index == 1) java.util.Arrays.fill(pixels, WHITE);
            int label = index == 5 ? Sample.UNLABELLED : (int) index % 2;
            return new Sample("n", new Picture((int) index + 1, 1, 3, pixels), label, index == 2 ? "x" : "", Map.of());
        }
    }

    @Test
    void everythingIsCounted() {
        DatasetStatistics s = DatasetStatistics.of(new Six(), 100);
        assertThat(s.count()).isEqualTo(6);
        assertThat(s.looked()).isEqualTo(6);
        assertThat(s.widths()).isEqualTo(new DatasetStatistics.Range(1, 3, 6));
        assertThat(s.heights()).isEqualTo(new DatasetStatistics.Range(1, 1, 1));
        assertThat(s.classes()).containsExactly(Map.entry("even", 2), Map.entry("odd", 2));
        assertThat(s.unlabelled()).isEqualTo(1);
        assertThat(s.captioned()).isEqualTo(1);
        assertThat(s.channels()).isEqualTo(3);
        assertThat(s.grey()).isEqualTo(4);
        assertThat(s.corrupt()).isEqualTo(1);
        assertThat(s.problems()).containsExactly("four.png: broken");
    }

    @Test
    void meanAndDeviationAreOverPixels() {
        DatasetStatistics s = DatasetStatistics.of(new Six(), 6);
        assertThat(s.mean()).containsExactly(3 / 16.0, 2 / 16.0, 2 / 16.0);
        assertThat(s.deviation().get(0)).isEqualTo(Math.sqrt(3 / 16.0 - 9 / 256.0));
    }

    @Test
    void aFewSamplesAreSpreadOverAll() {
        Six six = new Six();
        DatasetStatistics.of(six, 3);
        assertThat(six.asked).containsExactly(0L, 2L, 4L);
    }

    @Test
    void greyPicturesOfOneColourAreNotTakenForColourAcrossPixels() {
        ImageDataset two = new ImageDataset() {
            @Override
            public String name() {
                return "two";
            }

            @Override
            public long size() {
                return 1;
            }

            @Override
            public Sample read(long index) {
                return Sample.of("n", new Picture(2, 1, 3, new byte[] {1, 1, 1, 9, 9, 9}));
            }
        };
        assertThat(DatasetStatistics.of(two, 1).grey()).isEqualTo(1);
    }
}
