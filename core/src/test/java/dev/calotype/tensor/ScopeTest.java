package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void whatIsInUseIsClosedWhenNobodyUsesItAnyMore() throws Exception {
        Scope.Owned<Tensor> owned = Scope.own(() -> torch.ones(3));
        List<String> order = new CopyOnWriteArrayList<>();
        Thread closing = new Thread(() -> {
            owned.close();
            order.add("closed");
        });
        owned.use(tensor -> {
            closing.start();
            while (closing.isAlive() && closing.getState() != Thread.State.WAITING) Thread.onSpinWait();
            order.add("used " + tensor.size(0));
            return null;
        });
        closing.join();
        assertThat(order).containsExactly("used 3", "closed");
        assertThatIllegalStateException().isThrownBy(owned::value);
    }

    @Test
    void whoUsesSomethingCannotCloseIt() {
        try (Scope.Owned<Tensor> owned = Scope.own(() -> torch.ones(3))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> owned.use(tensor -> {
                        owned.close();
                        return null;
                    }))
                    .withMessage("this cannot be closed by the thread that uses it");
        }
    }
}
