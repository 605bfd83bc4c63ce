package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * What happened to a picture: linear operators in their order, then noises in theirs. The text form, which
 * {@link #parse} reads and {@link #toString} writes, joins these parts by {@code +}:
 *
 * <ul>
 *   <li>{@code none}: nothing;
 *   <li>{@code mask:0.5}: half of the pixels missing at random; {@code text} or {@code text:0.05}: under letters;
 *   <li>{@code hole:64}: a square of 64 pixels missing, anywhere;
 *   <li>{@code down:4}, {@code down:4:lanczos}: reduced, bicubic if nothing is said;
 *   <li>{@code blur:2}: blurred with a Gaussian of that sigma in pixels; {@code motion:15:30}: along 15 pixels at 30 degrees;
 *   <li>{@code gaussian:25}, {@code gaussian:25:clipped}: noise of a standard deviation in units of 0..255;
 *   <li>{@code poisson:30}: of photons, 30 for white; {@code salt-pepper:0.1}: a tenth of the values lost;
 *   <li>{@code jpeg:20}, {@code jpeg:20:full}: compressed with quality 20 and halved or full chroma.
 * </ul>
 *
 * Noise does not reach pixels that a mask hides.
 *
 * @param operators in the order in which they act
 * @param noises in the order in which they come
 */
public record Degradation(List<Damage> operators, List<Noise> noises) {
    public Degradation {
        operators = List.copyOf(operators);
        noises = List.copyOf(noises);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is none, or if noise comes before an operator
     */
    public static Degradation parse(String text) {
        return DegradationText.parse(text);
    }

    /**
     * What becomes of a picture.
     *
     * @param clean fp32 (1, C, H, W) in [-1, 1]
     * @param rng the source of all randomness: its fork 0 draws operators, its fork 1 noises
     * @return in the caller's scope
     * @throws IllegalArgumentException if an operator does not act on pictures of this size
     */
    public Observation observe(Tensor clean, Rng rng) {
        return observe(clean, operator(LinearOperator.Size.of(clean), rng), rng);
    }

    /**
     * What becomes of pictures whose operator is known.
     *
     * @param clean fp32 (N, C, H, W) in [-1, 1]
     * @param operator what {@link #operator} gave
     * @param rng its fork 1 draws noises
     * @return in the caller's scope
     */
    public Observation observe(Tensor clean, LinearOperator operator, Rng rng) {
        Tensor image = Scope.inference(() -> {
            Tensor y = operator.apply(clean);
            for (int i = 0; i < noises.size(); i++)
                y = noises.get(i).add(y, rng.fork(1).fork(i));
            Masking mask = lastMask(operator);
            return mask == null ? y : mask.apply(y);
        });
        return observed(image, operator);
    }

    /** What is known of an image that came about in this way through {@code operator}. */
    public Observation observed(Tensor image, LinearOperator operator) {
        boolean certain =
                noises.size() == 1 && lastMask(operator) == null; // what is hidden is no longer what noise made
        FeasibleSet feasible = certain ? noises.get(0).feasible() : FeasibleSet.ALL;
        return new Observation(image, operator, sigma(), feasible);
    }

    /** The operator for one picture of {@code image} pixels, drawn from fork 0 of {@code rng}. */
    public LinearOperator operator(LinearOperator.Size image, Rng rng) {
        LinearOperator all = new Identity();
        LinearOperator.Size size = image;
        for (int i = 0; i < operators.size(); i++) {
            LinearOperator next = operators.get(i).on(size, rng.fork(0).fork(i));
            size = next.observedSize(size);
            all = all instanceof Identity ? next : new Composition(all, next);
        }
        return all;
    }

    /** The standard deviation of all noises together, in units of [-1, 1]; a guide unless all are Gaussian. */
    public double sigma() {
        return Math.sqrt(noises.stream().mapToDouble(n -> n.sigma() * n.sigma()).sum());
    }

    /** The mask at the end, which hides the noise too, or null. */
    private static Masking lastMask(LinearOperator operator) {
        if (operator instanceof Masking mask) return mask;
        return operator instanceof Composition both ? lastMask(both.second()) : null;
    }

    @Override
    public String toString() {
        if (operators.isEmpty() && noises.isEmpty()) return "none";
        return Stream.concat(operators.stream(), noises.stream())
                .map(Object::toString)
                .collect(Collectors.joining("+"));
    }
}
