package dev.calotype.kind.denoiser;

import dev.calotype.restore.Masking;
import dev.calotype.tensor.Rng;
import java.util.Arrays;

/** Draws what is missing of a picture. */
final class Holes {
    private static final int KINDS = 5;

    private final int height;
    private final int width;
    private final byte[] kept;
    private final Rng rng;

    private Holes(int height, int width, Rng rng) {
        this.height = height;
        this.width = width;
        this.rng = rng;
        kept = new byte[height * width];
        Arrays.fill(kept, (byte) 1);
    }

    /** A mask of holes of one kind, which keeps a pixel at least. */
    static Masking draw(int height, int width, Rng rng) {
        Holes holes = new Holes(height, width, rng);
        switch (rng.nextInt(KINDS)) {
            case 0 -> holes.pixels();
            case 1 -> holes.scratches();
            case 2 -> holes.writing();
            case 3 -> holes.specks();
            default -> holes.boxes();
        }
        holes.kept[rng.nextInt(holes.kept.length)] = 1;
        return new Masking(height, width, holes.kept);
    }

    private double between(double low, double high) {
        return low + (high - low) * rng.nextDouble();
    }

    /** A tenth to eight tenths of all. */
    private void pixels() {
        double share = between(0.1, 0.8);
        for (int i = 0; i < kept.length; i++) if (rng.nextDouble() < share) kept[i] = 0;
    }

    /** Long lines that bend. */
    private void scratches() {
        for (int left = 1 + rng.nextInt(7); left > 0; left--) {
            double x = between(0, width), y = between(0, height), radius = between(0.5, 2.5);
            double angle = between(0, 2 * Math.PI), bend = between(-0.12, 0.12);
            for (int i = 4 + rng.nextInt(28); i > 0; i--) {
                double toX = x + 4 * Math.cos(angle), toY = y + 4 * Math.sin(angle);
                strike(x, y, toX, toY, radius);
                x = toX;
                y = toY;
                angle += bend;
            }
        }
    }

    /** Rows of strokes like letters, of one size. */
    private void writing() {
        double size = between(6, 22), radius = between(0.5, 0.1 * size + 0.6);
        for (double y = between(-size, size); y < height; y += size * between(1.3, 2.5))
            for (double x = between(-size, size); x < width; x += size * between(0.7, 1)) {
                double fromX = x + 0.6 * size * rng.nextDouble(), fromY = y + size * rng.nextDouble();
                for (int i = 1 + rng.nextInt(4); i > 0; i--) {
                    double toX = x + 0.6 * size * rng.nextInt(3) / 2, toY = y + size * rng.nextInt(3) / 2;
                    strike(fromX, fromY, toX, toY, radius);
                    fromX = toX;
                    fromY = toY;
                }
            }
    }

    /** Dust and short hairs. */
    private void specks() {
        for (int left = 3 + rng.nextInt(40); left > 0; left--) {
            double x = between(0, width), y = between(0, height), length = rng.nextInt(3) * between(0, 4);
            double angle = between(0, 2 * Math.PI);
            strike(x, y, x + length * Math.cos(angle), y + length * Math.sin(angle), between(0.5, 3.5));
        }
    }

    /** One to three, of at most a third of each side. */
    private void boxes() {
        for (int left = 1 + rng.nextInt(3); left > 0; left--) {
            int high = 1 + rng.nextInt(Math.max(1, height / 3)), wide = 1 + rng.nextInt(Math.max(1, width / 3));
            int top = rng.nextInt(height - high + 1), before = rng.nextInt(width - wide + 1);
            for (int y = top; y < top + high; y++)
                Arrays.fill(kept, y * width + before, y * width + before + wide, (byte) 0);
        }
    }

    /** What is no farther than {@code radius} from the way between two points is missing. */
    private void strike(double x0, double y0, double x1, double y1, double radius) {
        double dx = x1 - x0, dy = y1 - y0, length = Math.max(dx * dx + dy * dy, 1e-9);
        int bottom = (int) Math.min(height - 1, Math.max(y0, y1) + radius);
        int right = (int) Math.min(width - 1, Math.max(x0, x1) + radius);
        for (int y = (int) Math.max(0, Math.min(y0, y1) - radius); y <= bottom; y++)
            for (int x = (int) Math.max(0, Math.min(x0, x1) - radius); x <= right; x++) {
                double at = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length));
                if (Math.hypot(x - x0 - at * dx, y - y0 - at * dy) <= radius) kept[y * width + x] = 0;
            }
    }
}
