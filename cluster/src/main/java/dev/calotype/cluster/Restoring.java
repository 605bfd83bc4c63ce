package dev.calotype.cluster;

import dev.calotype.image.Resize.Filter;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Methods;
import dev.calotype.settings.Check;
import java.io.Serializable;
import java.util.List;

/**
 * What is to be done with pictures of a table.
 *
 * @param task {@code denoise}, {@code dejpeg} or {@code upscale}
 * @param method by the name of {@link Methods#kinds}; {@code auto} chooses for each picture
 * @param scale by which pictures are enlarged, 1 but for {@code upscale}
 * @param sigma of the noise in units of 0..255; NaN to estimate it
 * @param seconds for one picture; 0 for what the method wants
 */
public record Restoring(String task, String method, int scale, double sigma, double seconds) implements Serializable {
    private static final String DENOISE = "denoise", DEJPEG = "dejpeg", UPSCALE = "upscale", AUTO = "auto";

    public Restoring {
        Check.that(
                task.equals(DENOISE) || task.equals(DEJPEG) || task.equals(UPSCALE),
                "task must be denoise, dejpeg or upscale",
                task);
        Check.that(
                scale >= 1 && (scale == 1) == !task.equals(UPSCALE),
                "scale must be 1, or at least 2 for upscale",
                scale);
        Methods.named(method, List.of());
        Check.that(!(sigma < 0), "sigma must be at least 0", sigma);
        Check.that(seconds >= 0, "seconds must be at least 0", seconds);
    }

    /** Takes out noise of a level that each picture tells. */
    public static Restoring noise() {
        return new Restoring(DENOISE, AUTO, 1, Double.NaN, 0);
    }

    /** Takes out the marks of JPEG. */
    public static Restoring jpeg() {
        return new Restoring(DEJPEG, AUTO, 1, Double.NaN, 0);
    }

    /** Enlarges pictures that a bicubic filter has made small. */
    public static Restoring enlarging(int scale) {
        return new Restoring(UPSCALE, AUTO, scale, Double.NaN, 0);
    }

    Damaged damaged() {
        return switch (task) {
            case DENOISE -> new Damaged.Noisy();
            case DEJPEG -> new Damaged.Compressed(0);
            default -> new Damaged.Small(scale, Filter.BICUBIC);
        };
    }
}
