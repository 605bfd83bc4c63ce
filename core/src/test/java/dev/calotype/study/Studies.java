package dev.calotype.study;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Path;

/** Small pictures and studies for tests. */
public final class Studies {
    private Studies() {}

    /** Two pictures of 32 pixels, two kinds of damage, two seeds, three quick methods. */
    static final String QUICK =
            """
            name: quick
            pictures: {files: [a.png, b.png], channels: 3}
            degradations: ["gaussian:25", "down:2"]
            methods:
              seen: unchanged
              tv: {method: tv, iterations: 12}
              strong: {method: tv, strength: 2.0, iterations: 6}
            seeds: [0, 1]
            baseline: seen
            """;

    static void pictures(Path folder) throws IOException {
        PngFile.write(folder.resolve("a.png"), smooth(32, 32, 3, 5));
        PngFile.write(folder.resolve("b.png"), smooth(32, 32, 3, 9));
    }

    /** Waves. */
    public static Picture smooth(int width, int height, int channels, int length) {
        byte[] pixels = new byte[width * height * channels];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    pixels[i++] = (byte) (127 + 90 * Math.sin((x + (c + 1) * y) / (double) length));
        return new Picture(width, height, channels, pixels);
    }
}
