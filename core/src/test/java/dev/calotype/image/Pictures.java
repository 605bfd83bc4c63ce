package dev.calotype.image;

import java.io.IOException;
import java.io.InputStream;

/** Pictures and files for tests. */
public final class Pictures {
    private Pictures() {}

    /** Values that jump from pixel to pixel: ((37x + 101y + 59c + 7xy) * 73) mod 256. */
    static Picture jumpy(int width, int height, int channels) {
        byte[] pixels = new byte[width * height * channels];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++) pixels[i++] = (byte) ((37 * x + 101 * y + 59 * c + 7 * x * y) * 73);
        return new Picture(width, height, channels, pixels);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Pictures.class.getResourceAsStream("/image/" + name)) {
            if (in == null) throw new IOException("no test resource image/" + name);
            return in.readAllBytes();
        }
    }

    /** The largest difference of two values of the same place, of 255. */
    public static int largestDifference(Picture a, Picture b) {
        int largest = 0;
        for (int i = 0; i < a.pixels().length; i++)
            largest = Math.max(largest, Math.abs((a.pixels()[i] & 0xFF) - (b.pixels()[i] & 0xFF)));
        return largest;
    }
}
