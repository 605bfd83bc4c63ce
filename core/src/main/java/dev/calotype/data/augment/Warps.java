package dev.calotype.data.augment;

import dev.calotype.image.Picture;

/** Moves pixels to other places; what comes in from outside is black, and nothing is interpolated. */
final class Warps {
    private Warps() {}

    /** Moved by whole pixels to the right and down. */
    static Picture moved(Picture picture, int right, int down) {
        return affine(picture, 1, 0, 0, 1, -right, -down);
    }

    /** Sheared: what comes to row y lay {@code alongX} times y further right, and to column x {@code alongY} times x further down. */
    static Picture sheared(Picture picture, double alongX, double alongY) {
        double right = alongX * picture.height() * 0.5, down = alongY * picture.width() * 0.5;
        return affine(picture, 1, alongX, alongY, 1, right, down);
    }

    /** Turned about its centre, clockwise as pictures lie, by an angle in degrees. */
    static Picture rotated(Picture picture, double degrees) {
        double angle = Math.toRadians(degrees);
        double cos = Math.cos(angle), sin = Math.sin(angle);
        return affine(picture, cos, -sin, sin, cos, 0, 0);
    }

    /** Pixel (x, y) comes from the matrix (a b; c d) times its place, plus (right, down), all from the centre. */
    private static Picture affine(Picture picture, double a, double b, double c, double d, double right, double down) {
        int width = picture.width(), height = picture.height(), channels = picture.channels();
        double middleX = (width - 1) * 0.5, middleY = (height - 1) * 0.5;
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                double u = x - middleX, v = y - middleY;
                int sourceX = (int) Math.rint(a * u + b * v + right + middleX);
                int sourceY = (int) Math.rint(c * u + d * v + down + middleY);
                if (sourceX < 0 || sourceY < 0 || sourceX >= width || sourceY >= height) continue;
                System.arraycopy(
                        from, (sourceY * width + sourceX) * channels, to, (y * width + x) * channels, channels);
            }
        return new Picture(width, height, channels, to);
    }
}
