package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.LinearOperator.Size;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorLawsTest {
    private static final Size SIZE = new Size(8, 16);

    static Stream<LinearOperator> operators() {
        Masking mask = RandomMask.pixels(0.4).on(SIZE, Rng.of(1));
        return Stream.of(
                new Identity(),
                mask,
                RandomMask.text(0.9).on(SIZE, Rng.of(2)),
                new Resampling(2, Filter.BICUBIC),
                new Resampling(4, Filter.LANCZOS),
                new GaussianBlur(0.7),
                new MotionBlur(3.5, 30),
                new Composition(mask, new Resampling(2, Filter.BOX)),
                new Composition(new GaussianBlur(0.5), new Resampling(2, Filter.BICUBIC)),
                new Composition(
                        new Resampling(2, Filter.BICUBIC),
                        RandomMask.pixels(0.4).on(new Size(4, 8), Rng.of(3))));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void theAdjointMovesAcrossTheScalarProduct(LinearOperator a) {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 3, SIZE.height(), SIZE.width());
            Tensor ax = a.apply(x);
            Tensor y = Rng.of(2).normalLike(ax);
            assertThat(Size.of(ax)).isEqualTo(a.observedSize(SIZE));
            assertThat(a.imageSize(Size.of(ax))).isEqualTo(SIZE);
            double left = ax.mul(y).sum().item_double();
            double right = x.mul(a.adjoint(y)).sum().item_double();
            assertThat(left).isCloseTo(right, within(1e-4));
        });
    }

    @ParameterizedTest
    @MethodSource("operators")
    void whatWasInvertedIsSeenAgain(LinearOperator a) {
        Scope.run(() -> {
            Tensor ax = a.apply(Rng.of(1).normal(2, 3, SIZE.height(), SIZE.width()));
            assertThat(Deviation.relative(a.apply(a.invert(ax, 0)), ax)).isLessThan(1e-3);
        });
    }

    @ParameterizedTest
    @MethodSource("operators")
    void theRidgeIsThatOfDenseAlgebra(LinearOperator a) {
        Scope.run(() -> {
            Tensor m = dense(a::apply, SIZE); // (observed, image)
            Tensor y = Rng.of(4)
                    .normal(
                            1,
                            1,
                            a.observedSize(SIZE).height(),
                            a.observedSize(SIZE).width());
            for (double ridge : new double[] {0.01, 1}) {
                Tensor gram = m.matmul(m.t()).add(torch.eye(m.size(0)), new Scalar(ridge));
                Tensor wanted = m.t().matmul(torch.linalg_solve(gram, y.reshape(-1)));
                assertThat(Deviation.relative(a.invert(y, ridge).reshape(-1), wanted))
                        .isLessThan(1e-3);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("operators")
    void whatIsSeenOfAnImageIsWhatIsInvertedOfIt(LinearOperator a) {
        if (!(a instanceof Separable separable)) return;
        Scope.run(() -> {
            Tensor x = Rng.of(5).normal(2, 3, SIZE.height(), SIZE.width());
            for (double ridge : new double[] {0, 0.05})
                try (Separable.SeenPart part = separable.seenPart(x, ridge)) {
                    assertThat(Deviation.relative(part.of(x), a.invert(a.apply(x), ridge)))
                            .isLessThan(1e-3);
                }
        });
    }

    @ParameterizedTest
    @MethodSource("operators")
    void gradientsAreTheAdjoint(LinearOperator a) {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(1, 3, SIZE.height(), SIZE.width()).requires_grad_(true);
            Tensor ax = a.apply(x);
            Tensor y = Rng.of(2).normalLike(ax.detach());
            ax.mul(y).sum().backward();
            assertThat(Deviation.relative(x.mutable_grad(), a.adjoint(y))).isLessThan(1e-5);
        });
    }

    @ParameterizedTest
    @MethodSource("operators")
    void nothingStaysBehind(LinearOperator a) {
        UnaryOperator<Tensor> all = x -> a.invert(a.apply(x), 0.1);
        Runnable once = () -> Scope.run(() -> all.apply(Rng.of(1).normal(1, 3, SIZE.height(), SIZE.width())));
        once.run();
        long before = Scope.live();
        once.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    /** The matrix of an operator on grey images. */
    static Tensor dense(UnaryOperator<Tensor> a, Size size) {
        long pixels = size.height() * size.width();
        Tensor basis = torch.eye(pixels).reshape(pixels, 1, size.height(), size.width());
        return a.apply(basis).reshape(pixels, -1).t();
    }

    @Test
    void blurringKeepsTheMeanWhateverLiesAtTheBorder() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).uniform(1, 3, 12, 9);
            for (LinearOperator blur : List.of(new GaussianBlur(2), new MotionBlur(7, 20), new MotionBlur(40, 90)))
                assertThat(blur.apply(x).mean().item_double())
                        .as(blur.toString())
                        .isCloseTo(x.mean().item_double(), within(blur instanceof GaussianBlur ? 1e-6 : 0.05));
        });
    }

    @Test
    void aFlatImageStaysFlat() {
        Scope.run(() -> {
            Tensor flat = torch.full(new long[] {1, 1, 12, 8}, new Scalar(0.3));
            for (LinearOperator a :
                    List.of(new GaussianBlur(30), new MotionBlur(100, 45), new Resampling(4, Filter.LANCZOS)))
                assertThat(a.apply(flat).sub(new Scalar(0.3)).abs().max().item_double())
                        .as(a.toString())
                        .isLessThan(1e-5);
        });
    }

    @Test
    void motionGoesAlongItsAngle() {
        Scope.run(() -> {
            Tensor point = torch.zeros(1, 1, 9, 9);
            point.select(2, 4).select(2, 4).fill_(new Scalar(1));
            double[] across = Tensors.doubles(new MotionBlur(3, 0).apply(point));
            double[] upwards = Tensors.doubles(new MotionBlur(3, 90).apply(point));
            double[] diagonal = Tensors.doubles(new MotionBlur(5, 45).apply(point));
            assertThat(across[4 * 9 + 3] + across[4 * 9 + 4] + across[4 * 9 + 5])
                    .isCloseTo(1, within(1e-6));
            assertThat(upwards[3 * 9 + 4] + upwards[4 * 9 + 4] + upwards[5 * 9 + 4])
                    .isCloseTo(1, within(1e-6));
            assertThat(diagonal[3 * 9 + 5]).isGreaterThan(0.1).isGreaterThan(5 * diagonal[3 * 9 + 3]);
        });
    }

    @Test
    void reductionsAreThoseOfPictures() {
        Scope.run(() -> {
            Picture picture = Images.ofTensor(Tensors.scale(0.3, Rng.of(1).normal(1, 3, 24, 32)));
            for (Filter filter : Filter.values())
                assertThat(Deviation.largest(
                                new Resampling(4, filter).apply(Images.toTensor(picture)),
                                Images.toTensor(Resize.to(picture, 8, 6, filter))))
                        .isLessThan(1.1 / 127.5); // rounded twice to 8 bits
        });
    }

    @Test
    void aMaskKeepsWhatItIsTold() {
        Picture picture = new Picture(2, 1, 1, new byte[] {(byte) 200, 100});
        assertThat(Masking.keeping(picture)).isEqualTo(new Masking(1, 2, new byte[] {1, 0}));
        assertThat(Masking.missing(picture)).isEqualTo(new Masking(1, 2, new byte[] {0, 1}));
        assertThat(Masking.keeping(picture).picture()).isEqualTo(new Picture(2, 1, 1, new byte[] {-1, 0}));
        assertThatThrownBy(() -> Masking.keeping(picture).on(SIZE, Rng.of(1)))
                .hasMessage("a mask must have the size of its picture, 8 x 16 pixels: 1 x 2");
        assertThatThrownBy(() -> new Masking(1, 2, new byte[2]))
                .hasMessage("a mask must keep at least 1 pixel: it keeps none");
    }

    @Test
    void theLargestSquareThatIsMissingIsFoundWhereverItLies() {
        for (int seed = 0; seed < 5; seed++) {
            Masking hole = RandomMask.hole(7).on(new Size(20, 30), Rng.of(seed));
            assertThat(hole.missesSquare(7)).isTrue();
            assertThat(hole.missesSquare(8)).isFalse();
        }
        byte[] bars = new byte[20 * 30]; // long, and three pixels across
        for (int i = 0; i < bars.length; i++) bars[i] = (byte) (i % 30 % 4 == 0 ? 1 : 0);
        assertThat(new Masking(20, 30, bars).missesSquare(3)).isTrue();
        assertThat(new Masking(20, 30, bars).missesSquare(4)).isFalse();
        for (int corner : new int[] {5 * 30 + 5, 5 * 30 + 8, 8 * 30 + 5, 8 * 30 + 8}) {
            byte[] notched = new byte[20 * 30];
            java.util.Arrays.fill(notched, (byte) 1);
            for (int y = 5; y < 9; y++) for (int x = 5; x < 9; x++) notched[y * 30 + x] = 0;
            notched[corner] = 1;
            assertThat(new Masking(20, 30, notched).missesSquare(3)).isTrue();
            assertThat(new Masking(20, 30, notched).missesSquare(4)).isFalse();
        }
    }

    @Test
    void asManyPixelsAreMissingAsWasAsked() {
        assertThat(RandomMask.pixels(0.9).on(new Size(100, 100), Rng.of(1)).keptPixels())
                .isBetween(900, 1100);
        assertThat(RandomMask.pixels(0.99).on(new Size(1, 1), Rng.of(1)).keptPixels())
                .isOne();
        assertThat(RandomMask.hole(40).on(new Size(100, 90), Rng.of(1)).keptPixels())
                .isEqualTo(100 * 90 - 40 * 40);
        assertThat(RandomMask.hole(40).on(new Size(100, 90), Rng.of(1)))
                .isNotEqualTo(RandomMask.hole(40).on(new Size(100, 90), Rng.of(2)));
        assertThatThrownBy(() -> RandomMask.hole(90).on(new Size(100, 90), Rng.of(1)))
                .hasMessage("a hole must be smaller than its picture, 100 x 90 pixels: 90");
        assertThat(RandomMask.text(0.05).on(new Size(256, 256), Rng.of(1)).keptPixels())
                .isBetween(40_000, 60_000);
    }
}
