package dev.calotype.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a network has and what one sample costs it, part by part, counted from its shape: no network need exist.
 *
 * <p>Papers and tools call one multiplication with its addition one FLOP or two. Papers on transformers count one, as here;
 * PyTorch's {@code FlopCounterMode} counts two. Only products of matrices and convolutions are counted, as there.
 */
public record NetworkCost(List<Part> parts) {
    /**
     * One part, such as a kind of layer in all blocks.
     *
     * @param parameters trained numbers
     * @param multiplyAdds of the forward pass of one sample
     */
    public record Part(String name, long parameters, long multiplyAdds) {}

    public NetworkCost {
        parts = List.copyOf(parts);
    }

    /** All trained numbers. */
    public long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum();
    }

    /** The multiplications with an addition each of one forward pass of one sample. */
    public long multiplyAdds() {
        return parts.stream().mapToLong(Part::multiplyAdds).sum();
    }

    /** Collects parts; those without numbers of any sort are left out. */
    public static final class Sum {
        private final List<Part> parts = new ArrayList<>();

        /** {@code times} linear maps, each with a bias, of {@code rows} vectors from {@code in} to {@code out} values. */
        public Sum linear(String name, long times, long rows, long in, long out) {
            return add(name, times * (in * out + out), times * rows * in * out);
        }

        /** One part. */
        public Sum add(String name, long parameters, long multiplyAdds) {
            if (parameters > 0 || multiplyAdds > 0) parts.add(new Part(name, parameters, multiplyAdds));
            return this;
        }

        /** All of them. */
        public NetworkCost cost() {
            return new NetworkCost(parts);
        }
    }
}
