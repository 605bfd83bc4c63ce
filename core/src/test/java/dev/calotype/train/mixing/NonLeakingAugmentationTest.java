package dev.calotype.train.mixing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NonLeakingAugmentationTest {
    private static final int SIDE = 8;
    private static final NonLeakingAugmentation ALL = new NonLeakingAugmentation(1, true, true, 0.2, 1, 0.2, 0.125);

    private static Tensor images(int count) {
        return Tensors.clip(Rng.of(3).normal(count, 3, SIDE, SIDE));
    }

    private static float[] told(NonLeakingAugmentation.Changed changed, int image) {
        int n = NonLeakingAugmentation.VALUES;
        return Arrays.copyOfRange(changed.changes().values(), image * n, (image + 1) * n);
    }

    /** What an augmentation makes of images of which it tells {@code changes}. */
    private static Tensor of(NonLeakingAugmentation augmentation, Tensor images, float... changes) {
        float[] all = Arrays.copyOf(changes, NonLeakingAugmentation.VALUES);
        return NonLeakingAugmentation.warped(images, augmentation.source(all));
    }

    @Test
    void withProbabilityNoneImagesStayAndNothingIsTold() {
        Scope.run(() -> {
            var none = new NonLeakingAugmentation(0, false, true, 0.2, 1, 0.2, 0.125);
            Tensor images = images(4);
            NonLeakingAugmentation.Changed changed = none.of(images, Rng.of(1));
            assertThat(none.used()).isFalse();
            assertThat(Deviation.largest(changed.images(), images)).isZero();
            assertThat(changed.changes().values()).containsOnly(0);
        });
    }

    @Test
    void aboutHalfOfTheImagesAreMirroredAndThatIsTold() {
        Scope.run(() -> {
            var mirror = new NonLeakingAugmentation(0.1, true, false, 0, 0, 0, 0);
            Tensor images = images(64);
            NonLeakingAugmentation.Changed changed = mirror.of(images, Rng.of(1));
            int mirrored = 0;
            for (int i = 0; i < 64; i++) {
                float[] told = told(changed, i);
                Tensor image = images.narrow(0, i, 1), other = changed.images().narrow(0, i, 1);
                boolean is = told[0] == 1;
                if (is) mirrored++;
                assertThat(Deviation.largest(other, is ? image.flip(3) : image)).isLessThan(is ? 1e-4 : 1e-30);
                assertThat(Arrays.copyOfRange(told, 1, told.length)).containsOnly(0);
            }
            assertThat(mirrored).isBetween(20, 44);
        });
    }

    /** By quarters and whole pixels images are known without interpolation. */
    @Test
    void whatIsToldIsWhatWasDone() {
        Scope.run(() -> {
            Tensor images = images(1);
            assertThat(Deviation.largest(of(ALL, images, 0, 1), images.flip(2))).isLessThan(1e-4);
            // A quarter turn counter-clockwise, cosine 0 and sine 1.
            assertThat(Deviation.largest(of(ALL, images, 0, 0, 0, -1, 1), images.rot90(1, 2, 3)))
                    .isLessThan(1e-4);
            // Two deviations to the right and one up are two pixels and one of eight.
            Tensor moved = of(ALL, images, 0, 0, 0, 0, 0, 0, 0, 2, -1);
            assertThat(Deviation.largest(
                            moved.narrow(3, 2, 6).narrow(2, 0, 7),
                            images.narrow(3, 0, 6).narrow(2, 1, 7)))
                    .isLessThan(1e-4);
        });
    }

    /** Five deviations of 0.2 double the size, or one direction, and halve the other. */
    @ParameterizedTest
    @CsvSource({"2, 2, 2", "5, 2, 0.5", "6, 0.5, 2"})
    void scaleAndStretchArePowersOfTwo(int value, double wide, double high) {
        float[] changes = new float[NonLeakingAugmentation.VALUES];
        changes[value] = 5;
        float[] source = ALL.source(changes);
        assertThat(source[0]).isCloseTo((float) (1 / wide), within());
        assertThat(source[4]).isCloseTo((float) (1 / high), within());
        assertThat(source[1]).isCloseTo(0, within());
        assertThat(source[3]).isCloseTo(0, within());
    }

    /** Pixels of an image that was mirrored, then enlarged, turned, stretched and moved come from where each of these takes them back. */
    @Test
    void changesFollowEachOther() {
        float[] all = {1, 0, 1.5f, (float) Math.cos(0.7) - 1, (float) Math.sin(0.7), 0.8f, -1.1f, 0.6f, -0.9f};
        double[] place = {0.3, -0.2, 1};
        double[] expected = place;
        for (int[] part : new int[][] {{7, 9}, {5, 7}, {3, 5}, {2, 3}, {0, 2}}) {
            float[] one = new float[NonLeakingAugmentation.VALUES];
            System.arraycopy(all, part[0], one, part[0], part[1] - part[0]);
            expected = times(ALL.source(one), expected);
        }
        double[] found = times(ALL.source(all), place);
        assertThat(found).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-6));
    }

    private static double[] times(float[] m, double[] v) {
        return new double[] {m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2], 1};
    }

    private static org.assertj.core.data.Offset<Float> within() {
        return org.assertj.core.data.Offset.offset(1e-6f);
    }

    /** Each image has changes of its own, which depend on its place and not on how many there are. */
    @Test
    void imagesAreChangedEachForItself() {
        Scope.run(() -> {
            Tensor images = images(6);
            NonLeakingAugmentation.Changed six = ALL.of(images, Rng.of(7)),
                    two = ALL.of(images.narrow(0, 0, 2), Rng.of(7));
            assertThat(Deviation.largest(six.images().narrow(0, 0, 2), two.images()))
                    .isZero();
            assertThat(told(six, 0)).isEqualTo(told(two, 0)).isNotEqualTo(told(six, 1));
            assertThat(Tensors.floats(six.images().abs().max())[0]).isLessThanOrEqualTo(1);
        });
    }
}
