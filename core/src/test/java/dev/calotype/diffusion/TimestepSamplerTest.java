package dev.calotype.diffusion;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.tensor.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimestepSamplerTest {
    private static final JsonNode GOLDEN = Golden.json("improved-diffusion/schedules.json");

    private static LossSecondMoment fed(JsonNode golden) {
        LossSecondMoment sampler = new LossSecondMoment(golden.get("timesteps").asInt());
        for (JsonNode update : golden.get("updates"))
            sampler.update(
                    new int[] {update.get(0).asInt()},
                    new double[] {update.get(1).asDouble()});
        return sampler;
    }

    @Test
    void probabilitiesAreThoseOfImprovedDiffusion() {
        JsonNode golden = GOLDEN.get("importance_warm");
        LossSecondMoment sampler = fed(golden);
        assertThat(sampler.warmedUp()).isTrue();
        assertClose("p", sampler.probabilities(), Golden.doubles(golden.get("weights")), 1e-12);
    }

    @Test
    void uniformUntilEveryStepHasItsLosses() {
        LossSecondMoment sampler = fed(GOLDEN.get("importance_warming"));
        assertThat(sampler.warmedUp()).isFalse();
        assertThat(sampler.probabilities()).containsOnly(0.05);
        assertClose("weights", sampler.draw(3, Rng.of(1)).weights(), new double[] {1, 1, 1}, 1e-12);
    }

    @Test
    void drawsAreDistributedAsSaidAndWeightsUndoIt() {
        LossSecondMoment sampler = fed(GOLDEN.get("importance_warm"));
        double[] p = sampler.probabilities();
        int count = 200_000;
        TimestepSampler.Draw draw = sampler.draw(count, Rng.of(3));
        double[] seen = new double[8];
        double[] mass = new double[8];
        for (int i = 0; i < count; i++) {
            seen[draw.t()[i]] += 1.0 / count;
            mass[draw.t()[i]] += draw.weights()[i] / count;
        }
        assertClose("frequency", seen, p, 0.005);
        for (double m : mass) assertThat(m).isCloseTo(1 / 8.0, within(0.006));
    }

    @Test
    void historyMakesTheSameSampler() {
        LossSecondMoment sampler = fed(GOLDEN.get("importance_warm"));
        LossSecondMoment resumed = new LossSecondMoment(8);
        resumed.restore(sampler.history());
        for (LossSecondMoment s : new LossSecondMoment[] {sampler, resumed})
            s.update(new int[] {3, 3, 5}, new double[] {9, 1, 2});
        assertThat(resumed.probabilities()).isEqualTo(sampler.probabilities());
        assertThat(resumed.draw(50, Rng.of(2)).t())
                .isEqualTo(sampler.draw(50, Rng.of(2)).t());
        assertThat(resumed.history().losses()).isEqualTo(sampler.history().losses());
    }

    @Test
    void uniformDrawsEveryStepAlike() {
        TimestepSampler.Draw draw = TimestepSampler.uniform(4).draw(40_000, Rng.of(1));
        for (int t = 0; t < 4; t++) {
            int step = t;
            assertThat(Arrays.stream(draw.t()).filter(i -> i == step).count() / 40_000.0)
                    .isCloseTo(0.25, within(0.01));
        }
        assertThat(draw.weights()).containsOnly(1);
    }

    /** Half of the steps are noisier than e^mean, a sixth by more than a deviation. */
    @Test
    void logNormalStepsHaveTheMeanAndTheDeviationOfTheirNoise() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        TimestepSampler.Draw draw =
                TimestepSampler.logNormal(schedule, -0.7, 0.9).draw(20_000, Rng.of(1));
        double[] logs = Arrays.stream(draw.t())
                .mapToDouble(t -> Math.log(schedule.level(t).sigma()))
                .toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        double variance =
                Arrays.stream(logs).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        assertThat(mean).isCloseTo(-0.7, within(0.02));
        assertThat(Math.sqrt(variance)).isCloseTo(0.9, within(0.02));
        assertThat(Arrays.stream(logs).filter(x -> x > 0.2).count() / 20_000.0).isCloseTo(0.159, within(0.01));
        assertThat(draw.weights()).containsOnly(1);
        assertThat(TimestepSampler.logNormal(schedule, 19, 1).draw(9, Rng.of(1)).t())
                .containsOnly(999);
    }

    @Test
    void refusesLossesThatAreNotNumbersAndForeignHistories() {
        LossSecondMoment sampler = new LossSecondMoment(4);
        assertThatThrownBy(() -> sampler.update(new int[] {2}, new double[] {Double.NaN}))
                .hasMessage("the loss at step 2 must be finite: NaN");
        assertThatThrownBy(() -> sampler.restore(new LossSecondMoment(5).history()))
                .hasMessageContaining("5 steps");
        NoiseSchedule schedule = NoiseSchedule.cosine(10);
        assertThatThrownBy(() -> TimestepSampler.logNormal(schedule, 0, 0))
                .hasMessage("deviation must be positive and finite: 0.0");
        assertThatThrownBy(() -> TimestepSampler.logNormal(schedule, Double.NaN, 1))
                .hasMessage("mean must be finite: NaN");
        assertThatThrownBy(() -> TimestepSampler.uniform(0)).hasMessageContaining("at least 1: 0");
    }
}
