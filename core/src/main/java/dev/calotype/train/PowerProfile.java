package dev.calotype.train;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How an average of weights looks back over a training (Karras et al. 2024, section 3.1): weights at the time t before its {@code end}
 * count as t^{@code exponent}. Its length is the standard deviation of this density as a share of the end, so that it grows with the
 * training. Averages of two lengths, kept from time to time, allow for one of any length afterwards.
 *
 * @param exponent above -0.5
 * @param end in steps, above 0
 */
public record PowerProfile(double exponent, double end) {
    /** The lengths that are kept in a training. */
    public static final List<Double> KEPT = List.of(0.05, 0.1);

    /** The longest and shortest that can be put together of {@link #KEPT}. */
    public static final double SHORTEST = 0.01, LONGEST = 0.25;

    public PowerProfile {
        if (!(exponent > -0.5)) throw new IllegalArgumentException("exponent must be above -0.5: " + exponent);
        if (!(end > 0)) throw new IllegalArgumentException("end must be above 0: " + end);
    }

    /** The profile of a relative length, in {@link #SHORTEST}..{@link #LONGEST}. */
    public static PowerProfile of(double length, double end) {
        return new PowerProfile(exponent(length), end);
    }

    /** (e + 1) / ((e + 2)² (e + 3)) = length², solved by halving. */
    static double exponent(double length) {
        if (!(length >= SHORTEST && length <= LONGEST))
            throw new IllegalArgumentException("length must be in " + SHORTEST + ".." + LONGEST + ": " + length);
        double low = 0, high = 1000; // the length falls from 0.29 to 0.001
        for (int i = 0; i < 200; i++) {
            double middle = (low + high) / 2;
            if (lengthOf(middle) > length) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private static double lengthOf(double exponent) {
        return Math.sqrt((exponent + 1) / (exponent + 3)) / (exponent + 2);
    }

    /** Its length as a share of the end. */
    public double length() {
        return lengthOf(exponent);
    }

    /** The integral of the product of both densities. */
    double overlap(PowerProfile other) {
        double a = exponent, b = other.exponent, until = Math.min(end, other.end);
        double both = Math.pow(until / end, a) * Math.pow(until / other.end, b) * until / (end * other.end);
        return (a + 1) * (b + 1) / (a + b + 1) * both;
    }

    /** The factors by which averages of the profiles {@code kept} add up to one that is nearest to {@code this} in the mean square. */
    public double[] combination(List<PowerProfile> kept) {
        int n = kept.size();
        double[] among = new double[n * n], here = new double[n];
        for (int i = 0; i < n; i++) {
            here[i] = overlap(kept.get(i));
            for (int j = 0; j < n; j++) among[i * n + j] = kept.get(i).overlap(kept.get(j));
        }
        return Scope.read(() -> {
            Tensor matrix = Device.CPU.move(Tensors.of(among)).reshape(n, n);
            Tensor side = Device.CPU.move(Tensors.of(here)).reshape(n, 1);
            return Tensors.doubles(torch.linalg_solve(matrix, side));
        });
    }
}
