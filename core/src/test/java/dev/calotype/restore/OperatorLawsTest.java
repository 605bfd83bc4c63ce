package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.LinearOperator.Size;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
                new Composition(mask, new Resampling(2, Filter.BOX)),
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
        assertThat(Scope.live()).isEqualTo(before);
    }

    /** The matrix of an operator on grey images. */
    static Tensor dense(UnaryOperator<Tensor> a, Size size) {
        long pixels = size.height() * size.width();
        Tensor basis = torch.eye(pixels).reshape(pixels, 1, size.height(), size.width());
        return a.apply(basis).reshape(pixels, -1).t();
    }
}
