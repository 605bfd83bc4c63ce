package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class ScopeTest {
    @Test
    void whatABlockReturnsLivesInTheCallersScope() {
        Scope.run(() -> {
            Tensor sum = Scope.tidy(() -> torch.ones(3).add(torch.ones(3)));
            assertThat(Tensors.floats(sum)).containsExactly(2, 2, 2);
        });
    }

    @Test
    void nothingOutlivesTheOutermostScope() {
        Runnable work = () -> Scope.run(() -> Scope.tidy(() -> torch.ones(3).add(torch.ones(3))));
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 100; i++) work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void aKeptTensorLivesUntilItIsClosed() {
        long before = Scope.live();
        Tensor kept = Scope.keep(() -> torch.ones(2).add(torch.ones(2)));
        assertThat(Tensors.floats(kept)).containsExactly(2, 2);
        kept.close();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
