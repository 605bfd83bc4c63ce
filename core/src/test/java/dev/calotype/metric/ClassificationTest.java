package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassificationTest {
    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
    }

    @Test
    void fourPicturesOfThreeClassesByHand() {
        Classification.Counter counter = new Classification.Counter(names(3));
        double a = Math.log(0.7), b = Math.log(0.2), c = Math.log(0.1);
        counter.add(new double[] {a, b, c, b, a, c}, new int[] {0, 0}); // right, wrong
        counter.add(new double[] {5 + c, 5 + b, 5 + a, b, c, a}, new int[] {2, 1}); // right, wrong
        Classification found = counter.result();
        assertThat(found.images()).isEqualTo(4);
        assertThat(found.top1()).isEqualTo(0.5);
        assertThat(found.top5()).isNull();
        assertThat(found.loss()).isCloseTo((-a - b - a - c) / 4, within(1e-12));
        assertThat(found.ece()).isCloseTo(0.2, within(1e-12)); // one bin: 0.7 sure and right half of the time
        assertThat(found.bins()).singleElement().satisfies(bin -> {
            assertThat(bin.images()).isEqualTo(4);
            assertThat(bin.confidence()).isCloseTo(0.7, within(1e-12));
        });
        assertThat(found.confusion()).containsExactly(List.of(1L, 1L, 0L), List.of(0L, 0L, 1L), List.of(0L, 0L, 1L));
        assertThat(found.classes().get(0).recall()).isEqualTo(0.5);
        assertThat(found.classes().get(1).recall()).isZero();
        assertThat(found.classes().get(2).precision()).isEqualTo(0.5);
    }

    @Test
    void topFiveCountsWhatIsAmongTheFirstFive() {
        Classification.Counter counter = new Classification.Counter(names(7));
        double[] falling = {6, 5, 4, 3, 2, 1, 0};
        for (int label = 0; label < 7; label++) counter.add(falling, new int[] {label});
        assertThat(counter.result().top5()).isEqualTo(5 / 7.0);
        assertThat(counter.result().top1()).isEqualTo(1 / 7.0);
    }

    @Test
    void answersThatAreNoNumbersAreRefused() {
        Classification.Counter counter = new Classification.Counter(names(2));
        assertThatThrownBy(() -> counter.add(new double[] {Double.NaN, 0}, new int[] {0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a logit must be finite: NaN");
    }

    @Test
    void whatIsAsConfidentAsRightIsCalibrated() {
        Classification.Counter counter = new Classification.Counter(names(2));
        Random random = new Random(4);
        for (int i = 0; i < 60_000; i++) {
            double p = 0.5 + 0.5 * random.nextDouble();
            int label = random.nextDouble() < p ? 0 : 1;
            counter.add(new double[] {Math.log(p), Math.log(1 - p)}, new int[] {label});
        }
        assertThat(counter.result().ece()).isLessThan(0.012);
    }

    @Test
    void labelsThatAreNoClassesAreRefused() {
        Classification.Counter counter = new Classification.Counter(names(2));
        assertThatThrownBy(() -> counter.add(new double[2], new int[] {2}))
                .hasMessage("a label must be one of 2 classes: 2");
        assertThatThrownBy(() -> counter.add(new double[3], new int[] {0})).hasMessageContaining("3 logits");
        assertThatThrownBy(counter::result).hasMessage("no pictures were named");
    }
}
