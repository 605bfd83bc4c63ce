package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ConvolutionsTest {
    @Test
    void whetherSmallKernelsPayForAnImageDoesNotDependOnItsBatch() {
        Scope.run(() -> {
            Tensor large = torch.zeros(2, 64, 16, 16).to(ScalarType.BFloat16), small = large.narrow(2, 0, 8);
            try (NoGradGuard guard = new NoGradGuard()) {
                assertThat(Convolutions.suitsSmallKernels(large)).isTrue();
                assertThat(Convolutions.suitsSmallKernels(large.narrow(0, 0, 1)))
                        .isTrue();
                assertThat(Convolutions.suitsSmallKernels(small)).isFalse();
                assertThat(Convolutions.suitsSmallKernels(Tensors.cat(0, small, small, small, small)))
                        .isFalse();
            }
        });
    }
}
