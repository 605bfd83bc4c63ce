package dev.calotype.nn;

import java.util.function.Supplier;

/**
 * How many weights the layers may have that a thread makes for a file of weights. What a file says of its network is not believed:
 * one that names a much larger network than it holds weights for is refused at the first layer that is too much, before the layer is
 * made. Twice as many are made, and of small files {@value #SLACK} more, so that which weights are lacking can be told by their
 * names. Without an allowance any number is made.
 */
public final class Allowance {
    private static final long SLACK = 1 << 22;
    private static final ThreadLocal<Allowance> PRESENT = new ThreadLocal<>();

    private final String refusal;
    private long left;

    private Allowance(long left, String refusal) {
        this.left = left;
        this.refusal = refusal;
    }

    /**
     * What {@code body} makes on this thread for a file of so many weights.
     *
     * @throws IllegalArgumentException if it wants many more
     */
    public static <T> T of(long weights, Supplier<T> body) {
        String refusal = "the network has more weights than the " + weights + " that are there";
        return with(new Allowance(weights + Math.max(weights, SLACK), refusal), body);
    }

    /**
     * What {@code body} makes on this thread where there is memory for so many weights.
     *
     * @throws IllegalArgumentException with {@code refusal} if it wants more
     */
    public static <T> T atMost(long weights, String refusal, Supplier<T> body) {
        return with(new Allowance(weights, refusal), body);
    }

    private static <T> T with(Allowance allowance, Supplier<T> body) {
        Allowance before = PRESENT.get();
        PRESENT.set(allowance);
        try {
            return body.get();
        } finally {
            if (before == null) PRESENT.remove();
            else PRESENT.set(before);
        }
    }

    /**
     * Tells that a layer is about to be made that has weights of this shape.
     *
     * @throws IllegalArgumentException if they are more than are left
     */
    public static void take(long... shape) {
        Allowance present = PRESENT.get();
        if (present == null) return;
        double count = 1; // a product of shapes may be beyond any whole number
        for (long size : shape) count *= size;
        if (count > present.left) throw new IllegalArgumentException(present.refusal);
        present.left -= (long) count;
    }
}
