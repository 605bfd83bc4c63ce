package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class HoleFillingTest {
    private static Masking hole(int height, int width, int top, int left, int side) {
        byte[] kept = new byte[height * width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (y < top || y >= top + side || x < left || x >= left + side) kept[y * width + x] = 1;
        return new Masking(height, width, kept);
    }

    @Test
    void aHoleInOneColourGetsThatColourWhateverLayInIt() {
        Scope.run(() -> {
            Masking mask = hole(13, 22, 3, 5, 7);
            Tensor seen = torch.full(new long[] {1, 3, 13, 22}, new Scalar(0.3));
            seen.narrow(2, 3, 7).narrow(3, 5, 7).fill_(new Scalar(9.0));
            Tensor filled = HoleFilling.of(seen, mask);
            assertThat(Deviation.largest(filled, torch.full_like(seen, new Scalar(0.3))))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void whatIsKnownStaysToTheBitAndHolesLieBetween() {
        Scope.run(() -> {
            Masking mask = hole(32, 32, 10, 10, 9);
            Tensor ramp = torch.arange(new Scalar(32)).div(new Scalar(31.0));
            Tensor truth = ramp.reshape(1, 1, 1, 32).expand(1, 3, 32, 32).contiguous();
            Tensor noise = Rng.of(1).normal(1, 3, 32, 32);
            Tensor seen = torch.where(mask.mask(truth).gt(new Scalar(0.0)), truth, noise);
            Tensor filled = HoleFilling.of(seen, mask);
            assertThat(Deviation.largest(mask.apply(filled), mask.apply(truth))).isZero();
            assertThat(Deviation.largest(filled, truth)).isLessThan(0.2);
        });
    }

    @Test
    void oneKnownPixelFillsAll() {
        Scope.run(() -> {
            byte[] kept = new byte[15];
            kept[7] = 1;
            Tensor seen = Rng.of(1).normal(1, 1, 3, 5);
            Tensor filled = HoleFilling.of(seen, new Masking(3, 5, kept));
            Tensor known = seen.narrow(2, 1, 1).narrow(3, 2, 1).expand(1, 1, 3, 5);
            assertThat(Deviation.largest(filled, known)).isLessThan(1e-5);
        });
    }
}
