package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import java.util.Arrays;
import java.util.Locale;

/**
 * A mask drawn for each picture.
 *
 * @param shape of what is missing
 * @param amount for {@link Shape#PIXELS} the chance of a pixel to be missing, in [0, 1); for {@link Shape#TEXT} the height
 *     of the letters as a share of the picture's height, in (0, 1]; for {@link Shape#HOLE} the pixels of a side, at least 1
 */
record RandomMask(Shape shape, double amount) implements Damage {
    private static final int ROWS = 7;
    private static final int COLUMNS = 5;
    /** The letters C A L O T Y P E: seven rows of five bits each, from the top. */
    private static final int[][] LETTERS = {
        {0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E},
        {0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11},
        {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F},
        {0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E},
        {0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04},
        {0x11, 0x11, 0x0A, 0x04, 0x04, 0x04, 0x04},
        {0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10},
        {0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F}
    };

    /** What is missing. */
    public enum Shape {
        /** Each pixel for itself. */
        PIXELS,
        /** Lines of random letters, which are drawn here: a font would differ between machines. */
        TEXT,
        /** One square, anywhere. */
        HOLE
    }

    public RandomMask {
        switch (shape) {
            case PIXELS ->
                require(amount >= 0 && amount < 1, "the share of missing pixels must be in 0..1, less than 1", amount);
            case TEXT ->
                require(
                        amount > 0 && amount <= 1,
                        "the height of letters must be in 0..1 of the picture's, more than 0",
                        amount);
            case HOLE -> require(amount >= 1, "the side of a hole must be at least 1", amount);
        }
    }

    /** A mask that misses each pixel with the chance {@code missing}. */
    public static RandomMask pixels(double missing) {
        return new RandomMask(Shape.PIXELS, missing);
    }

    /** A mask that misses text whose letters have {@code height} of the picture's height. */
    public static RandomMask text(double height) {
        return new RandomMask(Shape.TEXT, height);
    }

    /** A mask that misses one square of {@code side} pixels. */
    public static RandomMask hole(int side) {
        return new RandomMask(Shape.HOLE, side);
    }

    private static void require(boolean allowed, String rule, double amount) {
        if (!allowed) throw new IllegalArgumentException(rule + ": " + amount);
    }

    /** A mask that keeps at least one pixel. */
    @Override
    public Masking on(LinearOperator.Size image, Rng rng) {
        int height = Math.toIntExact(image.height());
        int width = Math.toIntExact(image.width());
        byte[] kept = new byte[Math.multiplyExact(height, width)];
        int refuge = rng.nextInt(kept.length);
        if (shape == Shape.PIXELS) {
            for (int i = 0; i < kept.length; i++) kept[i] = (byte) (rng.nextDouble() < amount ? 0 : 1);
        } else {
            Arrays.fill(kept, (byte) 1);
            if (shape == Shape.TEXT) write(kept, height, width, rng);
            else cut(kept, height, width, rng);
        }
        if (shape != Shape.HOLE) kept[refuge] = 1;
        return new Masking(height, width, kept);
    }

    private void cut(byte[] kept, int height, int width, Rng rng) {
        int side = (int) amount;
        if (side >= Math.min(height, width))
            throw new IllegalArgumentException(
                    "a hole must be smaller than its picture, " + height + " x " + width + " pixels: " + side);
        int top = rng.nextInt(height - side + 1), left = rng.nextInt(width - side + 1);
        for (int y = top; y < top + side; y++) Arrays.fill(kept, y * width + left, y * width + left + side, (byte) 0);
    }

    /** Lines of letters, each of a grid of square dots, with three dots between the lines and one between letters. */
    private void write(byte[] kept, int height, int width, Rng rng) {
        int dot = (int) Math.max(1, Math.round(amount * height / ROWS));
        for (int top = dot; top < height; top += (ROWS + 3) * dot)
            for (int left = dot; left < width; left += (COLUMNS + 1) * dot) {
                int[] letter = LETTERS[rng.nextInt(LETTERS.length)];
                for (int y = top; y < Math.min(height, top + ROWS * dot); y++)
                    for (int x = left; x < Math.min(width, left + COLUMNS * dot); x++)
                        if ((letter[(y - top) / dot] >> (COLUMNS - 1 - (x - left) / dot) & 1) == 1)
                            kept[y * width + x] = 0;
            }
    }

    @Override
    public String toString() {
        String name = shape == Shape.PIXELS ? "mask" : shape.name().toLowerCase(Locale.ROOT);
        return name + ":" + DegradationText.number(amount);
    }
}
