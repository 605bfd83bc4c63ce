package dev.calotype.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.sampling.Multistep.Equation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class StepSearchTest {
    private static final NoiseSchedule COSINE = NoiseSchedule.cosine(1000);
    private static final Denoiser MIXTURE = Toy.mixture(0.3, new double[] {-0.6, 0.1}, new double[] {0.5, 0.15});
    private static final double DEVIATION = 0.5;
    private static final int LEVELS = 64;

    private static Tensor noise(long first, int count) {
        return Rng.images(5, first, count).normal(count, 1, 16, 16);
    }

    private static StepSearch search(Denoiser denoiser) {
        StepSearch search = new StepSearch(COSINE);
        Scope.run(() -> search.add(denoiser, noise(0, 2)));
        return search;
    }

    /** The images of a Gaussian go straight: x is DEVIATION·z behind σ = 0, and its x̂₀ and each step are known. */
    private static double error(List<NoiseLevel> path, int k) {
        NoiseLevel from = path.get(k);
        double predicted = predicted(from);
        if (k == path.size() - 1) return predicted - DEVIATION;
        NoiseLevel to = path.get(k + 1);
        double h = Math.log(from.sigma() / to.sigma());
        if (k > 0) {
            NoiseLevel before = path.get(k - 1);
            predicted += h / Math.log(before.sigma() / from.sigma()) / 2 * (predicted - predicted(before));
        }
        return to.noise() / from.noise() * on(from) + to.signal() * (1 - Math.exp(-h)) * predicted - on(to);
    }

    private static double predicted(NoiseLevel level) {
        return DEVIATION * DEVIATION / Math.hypot(DEVIATION, level.sigma());
    }

    private static double on(NoiseLevel level) {
        return level.signal() * Math.hypot(DEVIATION, level.sigma());
    }

    private static double cost(List<NoiseLevel> path) {
        return IntStream.range(0, path.size())
                .mapToDouble(k -> Math.pow(error(path, k), 2))
                .sum();
    }

    @Test
    void ofALinearEquationItFindsTheBestStepsThatThereAre() {
        List<NoiseLevel> levels = IntStream.range(0, LEVELS)
                .mapToObj(Walk.of(COSINE, LEVELS, Grid.LOG_SNR)::leg)
                .map(Walk.Leg::from)
                .toList();
        double best = IntStream.range(1, LEVELS)
                .boxed()
                .flatMap(i -> IntStream.range(i + 1, LEVELS).mapToObj(j -> List.of(0, i, j)))
                .mapToDouble(path -> cost(path.stream().map(levels::get).toList()))
                .min()
                .orElseThrow();
        List<Double> found = search(Toy.gaussian(0, DEVIATION)).sigmas(3);
        assertThat(cost(found.stream().map(COSINE::levelAtSigma).toList())).isCloseTo(best, within(0.01 * best));
    }

    @Test
    void noOtherStepsCostLess() {
        StepSearch search = search(MIXTURE);
        for (int steps : new int[] {2, 3, 5, 8, LEVELS}) {
            double least = search.cost(search.path(steps));
            int last = steps;
            List<Integer> even = IntStream.range(0, steps)
                    .mapToObj(k -> k * (LEVELS - 1) / (last - 1))
                    .toList();
            Stream<List<Integer>> random = IntStream.range(0, 200).mapToObj(seed -> random(seed, last));
            assertThat(Stream.concat(Stream.of(even), random))
                    .allSatisfy(other -> assertThat(search.cost(other)).isGreaterThanOrEqualTo(least));
        }
    }

    private static List<Integer> random(int seed, int steps) {
        List<Integer> levels =
                new ArrayList<>(IntStream.range(1, LEVELS).boxed().toList());
        Collections.shuffle(levels, new Random(seed));
        return Stream.concat(Stream.of(0), levels.stream().limit(steps - 1).sorted())
                .toList();
    }

    @Test
    void fewStepsEndNearerToWhereManyLead() {
        List<Double> found = search(MIXTURE).sigmas(5);
        Scope.run(() -> {
            Tensor start = noise(2, 40);
            Tensor end = new DpmSolver(COSINE, 250).sample(MIXTURE, start, Rng.of(0));
            double own = distance(new Multistep(Walk.of(COSINE, 5, Grid.LOG_SNR), Equation.FLOW), start, end);
            assertThat(distance(new Multistep(Walk.at(COSINE, found), Equation.FLOW), start, end))
                    .isLessThan(0.8 * own);
        });
    }

    private static double distance(Sampler sampler, Tensor start, Tensor end) {
        return sampler.sample(MIXTURE, start, Rng.of(0))
                .sub(end)
                .square()
                .mean()
                .item_double();
    }

    @Test
    void theSameImagesLeadToTheSameStepsInWhateverBatchesTheyCome() {
        StepSearch together = new StepSearch(COSINE), apart = new StepSearch(COSINE);
        Scope.run(() -> {
            together.add(MIXTURE, noise(0, 3));
            apart.add(MIXTURE, noise(1, 2));
            apart.add(MIXTURE, noise(0, 1));
        });
        assertThat(together.sigmas(7))
                .isEqualTo(apart.sigmas(7))
                .hasSize(7)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(together.sigmas(7).get(0)).isCloseTo(Math.exp(5.1), within(1e-9));
    }

    @Test
    void nothingOfTheTrajectoriesIsKept() {
        StepSearch search = new StepSearch(COSINE);
        Scope.run(() -> {
            Tensor noise = noise(0, 2);
            long before = Scope.live();
            search.add(MIXTURE, noise);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
            Denoiser failing = (x, level) -> level.sigma() > 1 ? MIXTURE.denoise(x, level) : fail(x);
            assertThatThrownBy(() -> search.add(failing, noise)).hasMessage("not below 1");
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        });
    }

    private static Tensor fail(Tensor x) {
        throw new IllegalStateException("not below 1");
    }

    @Test
    void thereAreAsManyStepsAsLevelsAtMost() {
        StepSearch search = search(MIXTURE);
        assertThat(search.path(LEVELS))
                .isEqualTo(IntStream.range(0, LEVELS).boxed().toList());
        for (int steps : new int[] {1, LEVELS + 1})
            assertThatThrownBy(() -> search.sigmas(steps)).hasMessage("steps must be in 2..64: " + steps);
    }
}
