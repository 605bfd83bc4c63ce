package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InceptionScoreTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void agreesWithTheReferenceHoweverTheStreamIsCut(int splits) {
        Scope.run(() -> {
            Tensor p = MetricFixtures.tensor("probabilities");
            InceptionScore score = InceptionScore.even(300, splits, 10);
            score.add(p.narrow(0, 0, 77));
            score.add(p.narrow(0, 77, 223));
            JsonNode golden = MetricFixtures.golden().get("inception_score_splits" + splits);
            assertThat(score.score().mean()).isCloseTo(golden.get("mean").asDouble(), withPercentage(1e-4));
            assertThat(score.score().deviation()).isCloseTo(golden.get("std").asDouble(), within(1e-7));
        });
    }

    @Test
    void isTheNumberOfClassesForCertainAndBalancedSamplesAndOneForEqualOnes() {
        Scope.run(() -> {
            InceptionScore certain = InceptionScore.even(8, 2, 4);
            certain.add(torch.eye(4).repeat(2, 1));
            assertThat(certain.score().mean()).isCloseTo(4, within(1e-9));
            InceptionScore blind = InceptionScore.even(8, 2, 4);
            blind.add(Tensors.fill(32, 0.25).reshape(8, 4));
            assertThat(blind.score().mean()).isCloseTo(1, within(1e-9));
        });
    }

    @Test
    void everySampleCountsWhenTheSplitsAreUneven() {
        Scope.run(() -> {
            InceptionScore uneven = InceptionScore.even(5, 2, 2);
            uneven.add(torch.eye(2).repeat(3, 1).narrow(0, 0, 5));
            double third = Math.exp(-(2.0 / 3 * Math.log(2.0 / 3) + 1.0 / 3 * Math.log(1.0 / 3)));
            assertThat(uneven.score().mean()).isCloseTo((third + 2) / 2, within(1e-9));
        });
    }

    /** Golden: guided-diffusion's evaluator cuts its predictions by {@code range(0, n, 5000)} and averages what the parts score. */
    @Test
    void splitsOfASizeAreFullButTheLastWhichCountsAsMuch() {
        Scope.run(() -> {
            Tensor p = MetricFixtures.tensor("probabilities").narrow(0, 0, 250); // (N, K)
            InceptionScore score = InceptionScore.ofSize(100, 10);
            score.add(p.narrow(0, 0, 77));
            score.add(p.narrow(0, 77, 173));
            double sum = 0;
            for (int from = 0; from < 250; from += 100) {
                Tensor part = p.narrow(0, from, Math.min(100, 250 - from));
                sum += part.mul(part.log()
                                .sub(part.mean(new long[] {0}, true, null).log()))
                        .sum(1)
                        .mean()
                        .exp()
                        .item_double();
            }
            assertThat(score.score().mean()).isCloseTo(sum / 3, within(1e-4));
            assertThat(score.score().splits()).isEqualTo(3);
        });
    }

    @Test
    void whereFewerComeThanWereExpectedSplitsWithoutAnyDoNotCount() {
        Scope.run(() -> {
            InceptionScore score = InceptionScore.even(4, 4, 2);
            score.add(torch.eye(2));
            assertThat(score.score()).isEqualTo(new InceptionScore.Score(1, 0, 2));
        });
    }

    /** {@code preds[i * n // splits : (i + 1) * n // splits]}: of five samples in two splits, two and three. */
    @Test
    void unevenSplitsAreCutAsInTheCodeOfThePaper() {
        Scope.run(() -> {
            InceptionScore score = InceptionScore.even(5, 2, 2);
            score.add(torch.eye(2).index_select(0, Tensors.of(new int[] {0, 0, 0, 1, 1})));
            double third = Math.exp(-(2.0 / 3 * Math.log(2.0 / 3) + 1.0 / 3 * Math.log(1.0 / 3)));
            assertThat(score.score().mean()).isCloseTo((1 + third) / 2, within(1e-9));
        });
    }

    @Test
    void refusesWhatIsNoProbabilityAndTooManyOrTooFew() {
        Scope.run(() -> {
            InceptionScore score = InceptionScore.even(2, 1, 2);
            assertThatThrownBy(() -> score.add(Tensors.of(new float[] {3, -2}, 1, 2)))
                    .hasMessageContaining("sum to 1");
            assertThatThrownBy(() -> score.add(torch.eye(2).repeat(2, 1))).hasMessageContaining("expected 2 samples");
            assertThatThrownBy(score::score).hasMessage("an Inception Score needs samples: 0 were added");
        });
    }
}
