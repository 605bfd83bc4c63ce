package dev.calotype.model;

import dev.calotype.Meta;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class PixelsFollowTheirDeviceTest {
    @Test
    void picturesAreResizedAndStandardisedWhereTheyAre() {
        Scope.run(() -> {
            Tensor pixels = Meta.DEVICE.zeros(2, 3, 28, 24).to(ScalarType.Byte);
            Tensor x = Pixels.resize(pixels, 32); // (2, 3, 32, 32)
            Meta.check(Pixels.standardize(x, new double[] {0, 0, 0}, new double[] {1, 1, 1}), 2, 3, 32, 32);
        });
    }
}
