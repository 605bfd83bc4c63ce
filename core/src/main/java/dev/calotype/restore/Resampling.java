package dev.calotype.restore;

import dev.calotype.image.Resize;
import dev.calotype.image.Resize.Filter;
import java.util.Locale;

/**
 * Reduces height and width by a whole factor with the antialiased weights of Pillow, which at the border are those of the
 * pixels that exist, scaled to sum to 1. Nothing is rounded or clipped. The pseudo-inverse is exact.
 *
 * @param factor 1..64
 * @param filter the kernel, stretched by the factor
 */
public record Resampling(int factor, Filter filter) implements Separable {
    private static final int MAX_FACTOR = 64;

    public Resampling {
        if (factor < 1 || factor > MAX_FACTOR)
            throw new IllegalArgumentException("the factor of a reduction must be in 1.." + MAX_FACTOR + ": " + factor);
    }

    @Override
    public Axis axis(long length) {
        int inputs = Math.toIntExact(length);
        return Axis.of(this, length, () -> Resize.weights(inputs, inputs / factor, filter));
    }

    @Override
    public Size imageSize(Size observed) {
        return new Size(observed.height() * factor, observed.width() * factor);
    }

    /** @throws IllegalArgumentException unless both sides are multiples of the factor */
    @Override
    public Size observedSize(Size image) {
        if (image.height() % factor != 0 || image.width() % factor != 0)
            throw new IllegalArgumentException(
                    "the sides of a picture to be reduced must be multiples of " + factor + ": " + image);
        return new Size(image.height() / factor, image.width() / factor);
    }

    @Override
    public String toString() {
        return "down:" + factor
                + (filter == Filter.BICUBIC ? "" : ":" + filter.name().toLowerCase(Locale.ROOT));
    }
}
