package dev.calotype.restoration.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Shared;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much is found of five scratches and fifteen specks that are drawn on each of some photographs. */
@Tag("slow")
class ScratchesOnPhotographsTest {
    private static final double[] TOLD = {0.64, 0.79, 0.010}; // by docs/results/restoration.md
    private static final double SEEN = 0.3; // opacity of what counts as scratched
    private static final int NEAR = 2; // pixels from it that may be marked too

    @Test
    void mostOfWhatIsDrawnIsFound() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(Shared.path("data/kodak24"))) {
            files = all.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .toList();
        }
        double right = 0, wrong = 0, found = 0, drawn = 0, clean = 0, pixels = 0;
        for (int i = 0; i < files.size(); i++) {
            Picture photograph = ImageFiles.decode(files.get(i), 3);
            double[] cover = new double[photograph.width() * photograph.height()];
            Picture mask = Scratches.mask(scratched(photograph, cover, new Random(8 + i)));
            for (int p = 0; p < cover.length; p++) {
                boolean marked = mask.pixels()[p] != 0;
                if (marked && isNear(cover, p, photograph.width())) right++;
                else if (marked) wrong++;
                if (cover[p] >= SEEN) drawn++;
                if (cover[p] >= SEEN && marked) found++;
            }
            for (byte pixel : Scratches.mask(photograph).pixels()) if (pixel != 0) clean++;
            pixels += cover.length;
        }
        double[] shares = {right / (right + wrong), found / drawn, clean / pixels};
        assertThat(shares).as("precision, recall, false").containsExactly(TOLD, within(0.01));
    }

    private static boolean isNear(double[] cover, int pixel, int width) {
        int x = pixel % width, y = pixel / width;
        for (int dy = -NEAR; dy <= NEAR; dy++)
            for (int dx = -NEAR; dx <= NEAR; dx++) {
                boolean inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < cover.length / width;
                if (inside && cover[(y + dy) * width + x + dx] >= SEEN) return true;
            }
        return false;
    }

    private static Picture scratched(Picture photograph, double[] cover, Random random) {
        byte[] pixels = photograph.pixels().clone();
        for (int i = 0; i < 20; i++) {
            double tone = random.nextDouble() < 0.6 ? 225 + 30 * random.nextDouble() : 30 * random.nextDouble();
            double opacity = 0.65 + 0.35 * random.nextDouble();
            double[] shape = drawn(photograph.width(), photograph.height(), i < 5, random);
            for (int p = 0; p < cover.length; p++) {
                double opaque = shape[p] * opacity;
                cover[p] = Math.max(cover[p], opaque);
                for (int c = 3 * p; c < 3 * p + 3; c++)
                    pixels[c] = (byte) Math.round((pixels[c] & 0xFF) * (1 - opaque) + tone * opaque);
            }
        }
        return new Picture(photograph.width(), photograph.height(), 3, pixels);
    }

    /** A bent line, half of them nearly upright, or a speck; its edges are smooth. */
    private static double[] drawn(int width, int height, boolean line, Random random) {
        double radius = line ? 0.5 + 1.2 * random.nextDouble() : 1 + 2 * random.nextDouble();
        double left = random.nextDouble() * width, top = random.nextDouble() * height;
        boolean upright = random.nextDouble() < 0.5;
        double angle = upright ? Math.PI / 2 + 0.1 * random.nextGaussian() : random.nextDouble() * Math.PI;
        double length = line ? (0.2 + 0.7 * random.nextDouble()) * height : radius * (0.5 + random.nextDouble());
        double bend = line ? 0.15 * random.nextGaussian() : 0;
        double[] shape = new double[width * height];
        int steps = (int) Math.max(2, 2 * length);
        for (int s = 0; s <= steps; s++) {
            double t = s / (double) steps - 0.5;
            double u = t * length, v = bend * length * (t * t - 0.08);
            double x = left + u * Math.cos(angle) - v * Math.sin(angle);
            double y = top + u * Math.sin(angle) + v * Math.cos(angle);
            for (int row = (int) (y - 4); row <= y + 4; row++)
                for (int column = (int) (x - 4); column <= x + 4; column++) {
                    if (row < 0 || row >= height || column < 0 || column >= width) continue;
                    double inside = radius + 0.5 - Math.hypot(column - x, row - y);
                    shape[row * width + column] =
                            Math.max(shape[row * width + column], Math.max(0, Math.min(1, inside)));
                }
        }
        return shape;
    }
}
