package dev.calotype.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StockUNetTest {
    private static final int CHANNELS = 32;

    @BeforeAll
    static void engine() {
        Engine.load(0);
    }

    @Test
    void theStockNetworkIsOurs() {
        try (Scope.Owned<UNet> ours = Scope.own(() -> BenchNetwork.fresh(CHANNELS, BenchNetwork.IMAGE_CHANNELS))) {
            double difference = Scope.read(() -> {
                Tensor x = Rng.of(0).normal(2, 3, 8, 8);
                Tensor t = Tensors.of(3.0, 700.0);
                StockUNet stock = new StockUNet(Tensors.parameters(ours.value()), CHANNELS, 4);
                return Race.difference(
                        Tensors.floats(ours.value().forward(x, t, Condition.NONE)),
                        Tensors.floats(stock.forward(x, t)));
            });
            assertThat(difference).isBetween(1e-12, 1e-5);
        }
    }

    @Test
    void everyWeightHasAPartInTheOutput() {
        try (Scope.Owned<UNet> ours = Scope.own(() -> BenchNetwork.fresh(CHANNELS, BenchNetwork.IMAGE_CHANNELS))) {
            Scope.run(() -> Tensors.parameters(ours.value())
                    .forEach((name, weight) -> assertThat(weight.abs().max().item_double())
                            .as(name)
                            .isPositive()));
        }
    }
}
