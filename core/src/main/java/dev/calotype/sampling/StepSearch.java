package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Searches the noise levels at which few steps of a solver of second order ({@link Multistep}, {@link UniPc}) stray least from where many
 * lead, for one model (after Chen et al. 2024, GITS): many steps make trajectories, the error of each single step between any two levels of
 * these is measured, as it follows on each other step, and dynamic programming finds the levels whose errors have the least sum of squares.
 */
public final class StepSearch {
    private static final int LEVELS = 64;

    private final Walk fine;
    private final int end; // the number of the image without noise; that of a level is its place in the fine walk
    private final double[][][]
            errors; // squared, of the step from i to j after one from h: [h][i][j]; h = i = 0 of the first

    /** @param schedule the whole schedule of the model, not a respaced one */
    public StepSearch(NoiseSchedule schedule) {
        fine = Walk.of(schedule, LEVELS, Grid.LOG_SNR);
        end = fine.steps();
        errors = new double[end][end][end + 1];
    }

    /** Takes the trajectories into account that start at {@code noise}, standard normal (N, C, H, W); keeps nothing of them. */
    public void add(Denoiser denoiser, Tensor noise) {
        List<Tensor> noisy = new ArrayList<>(), clean = new ArrayList<>();
        try {
            Denoiser kept = (x, level) -> {
                Tensor predicted = denoiser.denoise(x, level); // (N, C, H, W)
                noisy.add(Scope.keep(x::clone));
                clean.add(Scope.keep(predicted::clone));
                return predicted;
            };
            Scope.run(() -> noisy.add(
                    Scope.keep(() -> new Multistep(fine, Multistep.Equation.FLOW).sample(kept, noise, Rng.of(0)))));
            for (int image = 0; image < noise.size(0); image++) add(products(noisy, clean, image));
        } finally {
            Stream.of(noisy, clean).flatMap(List::stream).forEach(Tensor::close);
        }
    }

    /** The inner products of what one image is on its way: x at each level and at the end, and the x̂₀ of each level. */
    private static double[][] products(List<Tensor> noisy, List<Tensor> clean, int image) {
        return Scope.read(() -> {
            Tensor[] rows = Stream.of(noisy, clean)
                    .flatMap(List::stream)
                    .map(x -> x.select(0, image).flatten())
                    .toArray(Tensor[]::new);
            Tensor all = Tensors.stack(0, rows).to(ScalarType.Double); // (2L + 1, CHW)
            double[] products = Tensors.doubles(all.mm(all.t()));
            double[][] table = new double[rows.length][];
            for (int i = 0; i < rows.length; i++)
                table[i] = Arrays.copyOfRange(products, i * rows.length, (i + 1) * rows.length);
            return table;
        });
    }

    private void add(double[][] products) {
        for (int i = 0; i < end; i++)
            for (int h = 0; h < Math.max(1, i); h++)
                for (int j = i + 1; j <= end; j++) errors[h][i][j] += squared(factors(h, i, j), products, h, i, j);
    }

    private double squared(double[] factors, double[][] products, int h, int i, int j) {
        int[] parts = {i, end + 1 + i, end + 1 + h, j};
        double sum = 0;
        for (int a = 0; a < parts.length; a++)
            for (int b = 0; b < parts.length; b++) sum += factors[a] * factors[b] * products[parts[a]][parts[b]];
        return Math.max(0, sum);
    }

    /** A step minus where it should lead, as a sum of x_i, the x̂₀ of i and of h, and x_j. */
    private double[] factors(int h, int i, int j) {
        if (j == end) return new double[] {0, 1, 0, -1};
        Walk.Leg leg = new Walk.Leg(level(i), level(j));
        double taken = -leg.to().signal() * Math.expm1(-leg.h());
        double ahead = h == i ? 0 : leg.h() / (2 * new Walk.Leg(level(h), level(i)).h());
        return new double[] {leg.to().noise() / leg.from().noise(), taken * (1 + ahead), -taken * ahead, -1};
    }

    private NoiseLevel level(int i) {
        return fine.leg(i).from();
    }

    /**
     * The levels that so many steps should visit, as noise over signal, falling; the first is where all solvers here start.
     *
     * @param steps in 2..64
     */
    public List<Double> sigmas(int steps) {
        return path(steps).stream().map(i -> level(i).sigma()).toList();
    }

    /** The sum of squared errors of the steps through some levels to the end. */
    double cost(List<Integer> path) {
        double sum = 0;
        for (int k = 0; k < path.size(); k++)
            sum += errors[path.get(Math.max(0, k - 1))][path.get(k)][k + 1 < path.size() ? path.get(k + 1) : end];
        return sum;
    }

    /** The levels of the least {@link #cost}. */
    List<Integer> path(int steps) {
        if (steps < 2 || steps > end) throw new IllegalArgumentException("steps must be in 2.." + end + ": " + steps);
        double[][][] rest =
                new double[steps + 1][end][end]; // of k steps from i to the end, after one from h: [k][h][i]
        int[][][] next = new int[steps + 1][end][end]; // where the first of them leads
        for (int k = 1; k <= steps; k++)
            for (int i = 0; i < end; i++)
                for (int h = 0; h < Math.max(1, i); h++) {
                    rest[k][h][i] = k == 1 ? errors[h][i][end] : Double.POSITIVE_INFINITY;
                    for (int j = i + 1; k > 1 && j < end; j++) {
                        double sum = errors[h][i][j] + rest[k - 1][i][j];
                        if (sum >= rest[k][h][i]) continue;
                        rest[k][h][i] = sum;
                        next[k][h][i] = j;
                    }
                }
        List<Integer> path = new ArrayList<>(List.of(0));
        for (int k = steps, h = 0; k > 1; k--) {
            int i = path.get(path.size() - 1);
            path.add(next[k][h][i]);
            h = i;
        }
        return path;
    }
}
