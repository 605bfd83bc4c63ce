package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;

/** A colour in linear light: reflectance 0..1, or radiance, which may be more. */
record Colour(double r, double g, double b) {
    static Colour srgb(int hex) {
        return new Colour(linear(hex >> 16 & 255), linear(hex >> 8 & 255), linear(hex & 255));
    }

    private static double linear(int code) {
        double c = code / 255.0;
        return c <= 0.04045 ? c / 12.92 : StrictMath.pow((c + 0.055) / 1.055, 2.4);
    }

    Colour times(double s) {
        return new Colour(r * s, g * s, b * s);
    }

    Colour mix(Colour o, double share) {
        return new Colour(r + (o.r - r) * share, g + (o.g - g) * share, b + (o.b - b) * share);
    }

    /** The same paint from another tin: up to 7 % lighter or darker and 3 % off in each channel. */
    Colour jitter(Rng rng) {
        double tone = 0.93 + 0.14 * rng.nextDouble();
        return new Colour(
                r * tone * (0.97 + 0.06 * rng.nextDouble()),
                g * tone * (0.97 + 0.06 * rng.nextDouble()),
                b * tone * (0.97 + 0.06 * rng.nextDouble()));
    }
}
