package dev.calotype.diffusion;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The variances of a variance-preserving chain q(x_t | x_{t-1}) = N(√(1 − β_t)·x_{t-1}, β_t), t = 0..steps-1, in double
 * precision and without tensors; t = 0 is the least noisy step, as in Ho et al. (2020) with indices from 0.
 *
 * <p>A shorter chain through the same noise levels is {@link #respaced}; it remembers the steps of the chain it was cut
 * from, because those are what the network was told. Immutable.
 */
public final class NoiseSchedule {
    private static final double FULL_TIME = 1000;

    private final String name;
    private final int chain;
    private final double fullTime; // what the network would be told of a step after the last
    private final int[] original;
    private final double[] beta;
    private final double[] alphaBar;
    private final double[] logSigma;
    private final NoiseLevel[] levels;

    /** @param original the steps of a chain of {@code chain} steps that these are */
    private NoiseSchedule(String name, double[] beta, int[] original, int chain, double fullTime) {
        if (beta.length == 0) throw new IllegalArgumentException("a noise schedule needs at least 1 step: 0");
        this.name = name;
        this.beta = beta;
        this.original = original;
        this.chain = chain;
        this.fullTime = fullTime;
        int steps = beta.length;
        alphaBar = new double[steps];
        logSigma = new double[steps];
        levels = new NoiseLevel[steps];
        double product = 1;
        for (int t = 0; t < steps; t++) {
            if (!(beta[t] > 0 && (beta[t] < 1 || beta[t] == 1 && t == steps - 1)))
                throw new IllegalArgumentException(
                        "beta of step " + t + " of " + name + " must be in (0, 1), or 1 at the last: " + beta[t]);
            product *= 1 - beta[t];
            alphaBar[t] = product;
            levels[t] = new NoiseLevel(original[t] * fullTime / chain, Math.sqrt(product), Math.sqrt(1 - product));
            logSigma[t] = Math.log(levels[t].sigma());
        }
    }

    private NoiseSchedule(String name, double[] beta) {
        this(name, beta, IntStream.range(0, beta.length).toArray(), beta.length, FULL_TIME);
    }

    /** β from 0.0001 to 0.02 (Ho et al. 2020), times 1000/steps so that any length ends at the same noise; more than 20 steps. */
    public static NoiseSchedule linear(int steps) {
        if (steps <= 20) throw new IllegalArgumentException("a linear schedule needs more than 20 steps: " + steps);
        double scale = 1000.0 / steps;
        double stride = (scale * 2e-2 - scale * 1e-4) / (steps - 1);
        return new NoiseSchedule("linear(" + steps + ")", table(steps, t -> scale * 1e-4 + stride * t));
    }

    /** β evenly from {@code from} to {@code to}, both in (0, 1), however long the chain. */
    public static NoiseSchedule linear(int steps, double from, double to) {
        double stride = steps == 1 ? 0 : (to - from) / (steps - 1);
        return new NoiseSchedule(
                "linear(" + steps + ", " + from + ", " + to + ")", table(steps, t -> from + stride * t));
    }

    /** √β evenly from √{@code from} to √{@code to} (Rombach et al. 2022), however long the chain. */
    public static NoiseSchedule scaledLinear(int steps, double from, double to) {
        double first = Math.sqrt(from);
        double stride = steps == 1 ? 0 : (Math.sqrt(to) - first) / (steps - 1);
        return new NoiseSchedule(
                "scaledLinear(" + steps + ", " + from + ", " + to + ")",
                table(steps, t -> Math.pow(first + stride * t, 2)));
    }

    /** β along a sigmoid of -6..6 from about {@code from} to about {@code to} (Xu et al. 2022), however long the chain. */
    public static NoiseSchedule sigmoid(int steps, double from, double to) {
        double stride = steps == 1 ? 0 : 12.0 / (steps - 1);
        return new NoiseSchedule(
                "sigmoid(" + steps + ", " + from + ", " + to + ")",
                table(steps, t -> from + (to - from) / (1 + Math.exp(6 - stride * t))));
    }

    /** ᾱ(u) = cos²((u + s)/(1 + s)·π/2) with s = 0.008, β at most 0.999 (Nichol &amp; Dhariwal 2021, eq. 17). */
    public static NoiseSchedule cosine(int steps) {
        return new NoiseSchedule(
                "cosine(" + steps + ")",
                table(steps, t -> Math.min(0.999, 1 - cosine((t + 1.0) / steps) / cosine((double) t / steps))));
    }

    private static double cosine(double u) {
        double c = Math.cos((u + 0.008) / 1.008 * Math.PI / 2);
        return c * c;
    }

    /** Any chain; each β in (0, 1), the last may be 1. */
    public static NoiseSchedule ofBetas(double... betas) {
        return new NoiseSchedule("ofBetas(" + betas.length + " values)", betas.clone());
    }

    private static double[] table(int steps, IntToDoubleFunction value) {
        if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        return IntStream.range(0, steps).mapToDouble(value).toArray();
    }

    /**
     * The same chain with √ᾱ shifted and scaled so that the last step is pure noise (Lin et al. 2023, algorithm 1).
     * There ε says nothing of x₀, so the network must predict x₀ or v, and samplers should space their steps
     * {@link Spacing#trailing}.
     */
    public NoiseSchedule zeroTerminalSnr() {
        int steps = steps();
        if (steps < 2) throw new IllegalArgumentException("zero terminal SNR needs at least 2 steps: " + steps);
        double first = Math.sqrt(alphaBar[0]);
        double last = Math.sqrt(alphaBar[steps - 1]);
        double[] rescaled = table(steps, t -> Math.pow((Math.sqrt(alphaBar[t]) - last) * first / (first - last), 2));
        return new NoiseSchedule(
                name + ".zeroTerminalSnr()",
                table(steps, t -> 1 - rescaled[t] / (t == 0 ? 1 : rescaled[t - 1])),
                original,
                chain,
                fullTime);
    }

    /** The same chain, of which a network is told the steps themselves, not thousandths of the whole. */
    public NoiseSchedule countedInSteps() {
        return new NoiseSchedule(name + ".countedInSteps()", beta, original, chain, chain);
    }

    /** The chain that visits only the kept steps: the same ᾱ at each, β recomputed between them. */
    public NoiseSchedule respaced(Spacing spacing) {
        return keeping(name + ".respaced(" + spacing + ")", spacing.timesteps(steps()));
    }

    /** The chain that visits only these steps, ascending. */
    public NoiseSchedule keeping(int... kept) {
        for (int i = 0; i < kept.length; i++)
            if (checked(kept[i]) != kept[i] || i > 0 && kept[i] <= kept[i - 1])
                throw new IllegalArgumentException("the kept steps must ascend: " + Arrays.toString(kept));
        return keeping(name + ".keeping(" + kept.length + " steps)", kept.clone());
    }

    private NoiseSchedule keeping(String name, int[] kept) {
        return new NoiseSchedule(
                name,
                table(kept.length, i -> 1 - alphaBar[kept[i]] / (i == 0 ? 1 : alphaBar[kept[i - 1]])),
                Arrays.stream(kept).map(t -> original[t]).toArray(),
                chain,
                fullTime);
    }

    /** {@link #respaced(Spacing)} to {@code steps} even steps. */
    public NoiseSchedule respaced(int steps) {
        return respaced(Spacing.even(steps));
    }

    /** The number of steps. */
    public int steps() {
        return beta.length;
    }

    /** The step of the original chain that step {@code t} of this one is. */
    public int originalStep(int t) {
        return original[checked(t)];
    }

    /** How noisy x_t is, and what the network is told: time = originalStep(t)·1000 / number of original steps. */
    public NoiseLevel level(int t) {
        return levels[checked(t)];
    }

    /** β_t, the variance that step t adds. */
    public double beta(int t) {
        return beta[checked(t)];
    }

    /** ᾱ_t = ∏(1 − β), the variance of the signal that is left. */
    public double alphaBar(int t) {
        return alphaBar[checked(t)];
    }

    /** ᾱ_{t-1}; 1 before the first step. */
    public double alphaBarPrevious(int t) {
        return checked(t) == 0 ? 1 : alphaBar[t - 1];
    }

    /** β̃_t, the variance of q(x_{t-1} | x_t, x₀) (Ho et al. 2020, eq. 7); 0 at t = 0. */
    public double posteriorVariance(int t) {
        return beta(t) * (1 - alphaBarPrevious(t)) / (1 - alphaBar[t]);
    }

    /** log β̃_t, where t = 0, whose variance is 0, takes the value of t = 1 (or log β₀ in a chain of one step). */
    public double posteriorLogVariance(int t) {
        return Math.log(steps() == 1 ? beta(t) : posteriorVariance(Math.max(1, checked(t))));
    }

    /** The weight of x₀ in the mean of q(x_{t-1} | x_t, x₀). */
    public double posteriorMeanClean(int t) {
        return beta(t) * Math.sqrt(alphaBarPrevious(t)) / (1 - alphaBar[t]);
    }

    /** The weight of x_t in the mean of q(x_{t-1} | x_t, x₀). */
    public double posteriorMeanNoisy(int t) {
        return (1 - alphaBarPrevious(t)) * Math.sqrt(1 - beta(t)) / (1 - alphaBar[t]);
    }

    /** σ of the first step. */
    public double sigmaMin() {
        return levels[0].sigma();
    }

    /** σ of the last step; infinite after {@link #zeroTerminalSnr}. */
    public double sigmaMax() {
        return levels[steps() - 1].sigma();
    }

    /**
     * The level between the steps where noise/signal = {@code sigma} &gt; 0; its time is interpolated in log σ, and held
     * at the ends.
     */
    public NoiseLevel levelAtSigma(double sigma) {
        double t = stepAt(sigma);
        double signal = 1 / Math.hypot(1, sigma);
        double noise = 1 / Math.hypot(1, 1 / sigma);
        int low = (int) t;
        double time = low == t ? levels[low].time() : mix(levels[low].time(), levels[low + 1].time(), t - low);
        return new NoiseLevel(time, signal, noise);
    }

    /** The continuous step in 0..steps-1 at which noise/signal = {@code sigma}, interpolated in log σ and held at the ends. */
    public double stepAt(double sigma) {
        if (!(sigma > 0)) throw new IllegalArgumentException("sigma must be positive: " + sigma);
        double log = Math.log(sigma);
        int last = steps() - 1;
        if (log <= logSigma[0]) return 0;
        if (log >= logSigma[last]) return last;
        int found = Arrays.binarySearch(logSigma, log);
        int low = found >= 0 ? found : -found - 2;
        return low + (log - logSigma[low]) / (logSigma[low + 1] - logSigma[low]);
    }

    /** The inverse of {@link #stepAt}: σ at the continuous step {@code t} in 0..steps-1. */
    public double sigmaAt(double t) {
        int low = checked((int) t);
        return low == t ? levels[low].sigma() : Math.exp(mix(logSigma[low], logSigma[low + 1], t - low));
    }

    private static double mix(double a, double b, double share) {
        return a + share * (b - a);
    }

    private int checked(int t) {
        if (t < 0 || t >= beta.length)
            throw new IllegalArgumentException("t of " + name + " must be in 0.." + (beta.length - 1) + ": " + t);
        return t;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoiseSchedule that
                && chain == that.chain
                && fullTime == that.fullTime
                && Arrays.equals(original, that.original)
                && Arrays.equals(beta, that.beta);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(original) + Arrays.hashCode(beta);
    }

    /** How it was made: {@code cosine(4000).respaced(50)}. */
    @Override
    public String toString() {
        return name;
    }
}
