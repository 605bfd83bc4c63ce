package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionRecallTest {
    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void agreesWithTheReference(int neighbours) {
        Scope.run(() -> {
            JsonNode golden = MetricFixtures.golden().get("precision_recall_k" + neighbours);
            PrecisionRecall actual =
                    PrecisionRecall.between(MetricFixtures.tensor("real"), MetricFixtures.tensor("fake"), neighbours);
            assertThat(actual.precision()).isCloseTo(golden.get("precision").asDouble(), within(1e-9));
            assertThat(actual.recall()).isCloseTo(golden.get("recall").asDouble(), within(1e-9));
            assertThat(actual.density()).isCloseTo(golden.get("density").asDouble(), within(1e-9));
            assertThat(actual.coverage()).isCloseTo(golden.get("coverage").asDouble(), within(1e-9));
        });
    }

    @Test
    void isPerfectForASetAndItself() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(200, 8);
            PrecisionRecall self = PrecisionRecall.between(x, x, 3);
            assertThat(self.precision()).isEqualTo(1);
            assertThat(self.recall()).isEqualTo(1);
            assertThat(self.coverage()).isEqualTo(1);
        });
    }

    @Test
    void copiesOfOnePointLieInItsBallOfRadiusZero() {
        Scope.run(() -> {
            Tensor point = Rng.of(2).normal(1, 999);
            Tensor real = Tensors.cat(0, point.repeat(20, 1), Rng.of(3).normal(20, 999));
            PrecisionRecall copies = PrecisionRecall.between(real, point.repeat(4, 1), 3);
            assertThat(copies.precision()).isEqualTo(1);
            assertThat(copies.recall()).isEqualTo(0.5);
            assertThat(copies.coverage()).isGreaterThanOrEqualTo(0.5);
            Tensor exact = Features.exact(real);
            assertThat(Tensors.doubles(
                            PrecisionRecall.squaredDistances(exact, exact).diagonal()))
                    .containsOnly(0);
        });
    }

    @Test
    void isZeroForSetsFarApart() {
        Scope.run(() -> {
            Tensor x = Rng.of(4).normal(50, 4);
            assertThat(PrecisionRecall.between(x, x.add(new Scalar(1000.0)), 3))
                    .isEqualTo(new PrecisionRecall(0, 0, 0, 0, 3));
        });
    }

    @Test
    void aGeneratorOfHalfTheModesKeepsPrecisionAndHalvesRecall() {
        Scope.run(() -> {
            Rng rng = Rng.of(5);
            Tensor left = rng.normal(200, 2);
            Tensor right = rng.normal(200, 2).add(new Scalar(100.0));
            PrecisionRecall half = PrecisionRecall.between(Tensors.cat(0, left, right), rng.normal(400, 2), 5);
            assertThat(half.precision()).isGreaterThan(0.9);
            assertThat(half.recall()).isBetween(0.4, 0.5);
            assertThat(half.coverage()).isBetween(0.4, 0.5);
        });
    }

    @Test
    void refusesTooFewPoints() {
        Scope.run(() -> {
            Tensor x = Rng.of(6).normal(3, 2);
            assertThatThrownBy(() -> PrecisionRecall.between(x, x, 3)).hasMessageContaining("at least 4");
            assertThatThrownBy(() -> PrecisionRecall.between(x, x, 0)).hasMessageContaining("neighbours");
        });
    }
}
