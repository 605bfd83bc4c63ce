package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.metric.FidInfinity.Point;
import dev.calotype.metric.FidInfinity.Sizes;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetMeasuresTest {
    private static final JsonNode GOLDEN = Golden.json("peers/scores.json");

    @Test
    void mmdAgreesWithItsDefinition() {
        Scope.run(() -> {
            Tensor real = MetricFixtures.tensor("real");
            Tensor fake = MetricFixtures.tensor("fake");
            JsonNode golden = GOLDEN.get("mmd");
            Mmd mmd = Mmd.between(real, fake, golden.get("bandwidth").asDouble());
            assertThat(mmd.value()).isCloseTo(golden.get("unbiased").asDouble(), withPercentage(1e-6));
            assertThat(mmd.biased()).isCloseTo(golden.get("biased").asDouble(), withPercentage(1e-6));
            assertThat(Mmd.medianDistance(real))
                    .isCloseTo(GOLDEN.get("median_distance").asDouble(), withPercentage(1e-6));
            assertThatThrownBy(() -> Mmd.between(real, fake, 0)).hasMessageContaining("above 0 and finite: 0.0");
        });
    }

    /** Where most real pictures are the same, and where all are. */
    @Test
    void mmdHasAWidthWhereTheMedianDistanceIsNone() {
        Scope.run(() -> {
            Tensor most = Tensors.of(new float[] {1, 1, 1, 1, 4}, 5, 1), all = Tensors.of(new float[] {1, 1, 1}, 3, 1);
            assertThat(Mmd.medianDistance(most)).isEqualTo(3);
            assertThat(Mmd.medianDistance(all)).isEqualTo(1);
            double value = Mmd.between(all, most, Mmd.medianDistance(all)).value();
            assertThat(value)
                    .isCloseTo(1 + 0.6 + 0.4 * Math.exp(-4.5) - 2 * (0.8 + 0.2 * Math.exp(-4.5)), within(1e-9));
        });
    }

    @Test
    void mmdIsUnbiasedForEqualDistributions() {
        Scope.run(() -> {
            Rng rng = Rng.of(2);
            double[] values = new double[200];
            for (int i = 0; i < values.length; i++)
                values[i] = Scope.read(() ->
                        Mmd.between(rng.normal(12, 3), rng.normal(8, 3), 1).value());
            double mean = Arrays.stream(values).average().orElseThrow();
            double variance = Arrays.stream(values)
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            assertThat(Math.abs(mean)).isLessThan(3 * Math.sqrt(variance / values.length));
        });
    }

    @Test
    void theExtrapolatedFidHasLostTheBias() {
        Scope.run(() -> {
            Rng rng = Rng.of(3);
            FeatureStatistics real = FeatureStatisticsTest.of(rng.normal(20_000, 8));
            Tensor fake = rng.normal(1000, 8);
            FidInfinity infinity = FidInfinity.between(real, fake, new Sizes(15, 100), Rng.of(0));
            double finite = infinity.points().get(14).fid();
            assertThat(infinity.points()).hasSize(15);
            assertThat(infinity.points().get(14).size()).isEqualTo(1000);
            assertThat(finite)
                    .isCloseTo(Fid.between(real, FeatureStatisticsTest.of(fake)).value(), within(1e-9));
            assertThat(infinity.slope()).isPositive();
            assertThat(Math.abs(infinity.value())).isLessThan(finite / 2);
            assertThat(FidInfinity.between(real, fake, new Sizes(15, 100), Rng.of(0)))
                    .isEqualTo(infinity);
        });
    }

    @Test
    void theIntervalOfTheFidCoversThatOfOtherPicturesOfTheSameModel() {
        Scope.run(() -> {
            FeatureStatistics real = FeatureStatistics.of(Rng.of(1).normal(4000, 4));
            double expected = 1, error = 0; // |mean|^2 of a shift by 0.5 in 4 dimensions
            int inside = 0, trials = 40;
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < trials; i++) {
                Tensor fake = Rng.of(100 + i).normal(400, 4).add(new Scalar(0.5));
                FidInterval interval = FidInterval.between(real, fake);
                values.add(Fid.between(real, FeatureStatistics.of(fake)).value());
                error += interval.standardError() / trials;
                if (interval.low() <= expected && expected <= interval.high()) inside++;
            }
            double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
            double deviation = Math.sqrt(values.stream()
                    .mapToDouble(v -> (v - mean) * (v - mean) / (trials - 1))
                    .sum());
            assertThat(error).isCloseTo(deviation, withPercentage(25));
            assertThat(inside).isGreaterThanOrEqualTo(32);
        });
        assertThatThrownBy(() ->
                        FidInterval.between(new FeatureStatistics(2), Rng.of(1).normal(30, 2)))
                .hasMessage("an interval of the FID wants at least 40 pictures: 30");
    }

    @Test
    void theLineGoesThroughPointsThatLieOnOne() {
        FidInfinity line = FidInfinity.through(
                List.of(new Point(100, 7 + 0.03), new Point(300, 7 + 0.01), new Point(1000, 7 + 0.003)));
        assertThat(line.value()).isCloseTo(7, within(1e-12));
        assertThat(line.slope()).isCloseTo(3, within(1e-9));
        assertThat(line.standardError()).isCloseTo(0, within(1e-9));
        FidInfinity bent = FidInfinity.through(List.of(new Point(1, 3), new Point(2, 2), new Point(4, 2)));
        assertThat(bent.value()).isCloseTo(1.5, within(1e-12)); // y = 1.5 + 10/7 x at x = 1, 1/2, 1/4, by hand
        assertThat(bent.slope()).isCloseTo(10 / 7.0, within(1e-12));
        assertThat(bent.standardError()).isCloseTo(Math.sqrt(1 / 14.0 * (1 / 3.0 + 7 / 6.0)), within(1e-12));
        assertThat(Sizes.standard(10_000, 2048)).isEqualTo(new Sizes(15, 4096));
        assertThat(Sizes.standard(10_000, 64)).isEqualTo(new Sizes(15, 1000));
    }

    @Test
    void theNearestTrainingPicturesAreThoseOfTheDefinition() {
        Scope.run(() -> {
            JsonNode golden = GOLDEN.get("nearest");
            NearestNeighbours found =
                    NearestNeighbours.of(MetricFixtures.tensor("real"), MetricFixtures.tensor("fake"), 3);
            for (int i = 0; i < 5; i++)
                assertThat(found.indices()[i])
                        .containsExactly(Golden.ints(golden.get("indices").get(i)));
            assertThat(Arrays.copyOf(found.ratios(), 20))
                    .containsExactly(Golden.doubles(golden.get("ratios")), within(1e-6));
            assertThat(found.authenticity())
                    .isEqualTo(golden.get("authenticity").asDouble());
            assertThat(found.copies()).isZero();
        });
    }

    @Test
    void copiesAreFoundAlsoOfPicturesThatOccurTwice() {
        Scope.run(() -> {
            Tensor training = Rng.of(5).normal(50, 4);
            training = Tensors.cat(0, training, training.narrow(0, 7, 1));
            Tensor near = training.narrow(0, 7, 1).add(new Scalar(1e-3));
            NearestNeighbours found =
                    NearestNeighbours.of(training, Tensors.cat(0, near, training.narrow(0, 3, 1), far()), 1);
            assertThat(found.indices()[0][0]).isIn(7, 50);
            double[] squares = Tensors.doubles(
                    training.sub(training.narrow(0, 7, 1)).square().sum(1));
            double usual =
                    Math.sqrt(Arrays.stream(squares).filter(d -> d > 0).min().orElseThrow());
            assertThat(found.ratios()[0]).isCloseTo(2e-3 / usual, withPercentage(0.1)); // its twin is not its neighbour
            assertThat(found.ratios()[1]).isZero();
            assertThat(found.copies()).isEqualTo(2 / 3.0);
            assertThat(found.suspects(3)).containsExactly(1, 0, 2);
            assertThatThrownBy(() -> NearestNeighbours.of(far(), far(), 1)).hasMessageContaining("more than 1");
        });
    }

    private static Tensor far() {
        return Rng.of(6).normal(1, 4).mul(new Scalar(30.0));
    }

    @Test
    void diversityIsTheMeanDistanceAndFallsWithCollapse() {
        Scope.run(() -> {
            assertThat(Diversity.meanDistance(MetricFixtures.tensor("fake")))
                    .isCloseTo(GOLDEN.get("mean_distance").asDouble(), withPercentage(1e-6));
            Tensor different = FormulaWeights.pixels("many", 20, 3, 32, 32);
            Tensor collapsed = different.narrow(0, 0, 1).expand(20, 3, 32, 32);
            assertThat(Diversity.meanSimilarity(different, 30, Rng.of(1))).isLessThan(0.2);
            assertThat(Diversity.meanSimilarity(collapsed, 30, Rng.of(1))).isCloseTo(1, within(1e-9));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void msSsimAgreesWithItsDefinition(int scales) {
        double golden = GOLDEN.get("ms_ssim").get(String.valueOf(scales)).asDouble();
        Scope.run(() ->
                assertThat(new MsSsim(scales).between(smooth(), noisy())[0]).isCloseTo(golden, within(1e-9)));
    }

    @Test
    void msSsimOfAllScalesIsThatOfPiq() {
        Scope.run(() -> {
            Tensor x = smooth().narrow(2, 0, 176).narrow(3, 0, 192);
            Tensor y = noisy().narrow(2, 0, 176).narrow(3, 0, 192);
            double golden = 0.8273240676548453; // multi_scale_ssim(x / 255, y / 255), version 0.8.0, in float64
            assertThat(MsSsim.standard().between(x, y)[0]).isCloseTo(golden, within(1e-12));
        });
    }

    @Test
    void msSsimTakesTheScalesThatFit() {
        assertThat(MsSsim.fitting(32, 40).scales()).isEqualTo(2);
        assertThat(MsSsim.fitting(300, 176)).isEqualTo(MsSsim.standard());
        assertThat(MsSsim.standard().smallest()).isEqualTo(176);
        Scope.run(() -> {
            Tensor x = FormulaWeights.pixels("small", 2, 3, 32, 32);
            assertThat(MsSsim.fitting(32, 32).between(x, x)).containsExactly(new double[] {1, 1}, within(1e-12));
            assertThatThrownBy(() -> MsSsim.standard().between(x, x)).hasMessageContaining("at least 176 x 176");
        });
    }

    /** Noise averaged over 9 x 9, rounded, as the script makes it: edges are reflected, so only they need care. */
    private static Tensor smooth() {
        double[] noise = Tensors.doubles(FormulaWeights.pixels("ms-ssim.a", 3, 181, 200));
        double[] rows = averaged(noise, 3 * 181, 200, 1, 200);
        double[] both = averaged(rows, 200, 181, 200, 1);
        byte[] bytes = new byte[both.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Math.rint(both[i]);
        return Tensors.of(bytes, 1, 3, 181, 200);
    }

    /** Means of 9 along one axis of (3, 181, 200); lines of {@code length} at {@code step}. */
    private static double[] averaged(double[] x, int lines, int length, int step, int next) {
        double[] y = new double[x.length];
        int planes = lines == 200 ? 3 : 1;
        for (int plane = 0; plane < planes; plane++)
            for (int line = 0; line < lines; line++)
                for (int i = 0; i < length; i++) {
                    int start = plane * 181 * 200 + line * next;
                    double sum = 0;
                    for (int k = i - 4; k <= i + 4; k++) {
                        int inside = k < 0 ? -1 - k : k >= length ? 2 * length - 1 - k : k;
                        sum += x[start + inside * step];
                    }
                    y[start + i * step] = sum / 9;
                }
        return y;
    }

    private static Tensor noisy() {
        double[] clean = Tensors.doubles(smooth());
        double[] noise = Tensors.doubles(FormulaWeights.pixels("ms-ssim.b", 3, 181, 200));
        byte[] bytes = new byte[clean.length];
        for (int i = 0; i < bytes.length; i++)
            bytes[i] = (byte) Math.max(0, Math.min(255, Math.rint(clean[i] + 0.2 * (noise[i] - 128))));
        return Tensors.of(bytes, 1, 3, 181, 200);
    }
}
