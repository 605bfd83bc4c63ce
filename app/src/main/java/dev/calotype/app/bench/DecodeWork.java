package dev.calotype.app.bench;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** JPEG files in memory to small pictures: decoded, resized with antialiasing, channel by channel; on one core. */
final class DecodeWork implements Work {
    private static final int SOURCE_SIZE = 256;

    private final BenchSettings settings;
    private final Description description;
    private final int size;
    private final int count;
    private final List<byte[]> files = new ArrayList<>();

    DecodeWork(BenchSettings settings) {
        this.settings = settings;
        size = settings.size(64);
        count = settings.images(64);
        Map<String, String> of = new LinkedHashMap<>();
        of.put("images", String.valueOf(count));
        of.put("from", String.valueOf(SOURCE_SIZE));
        of.put("size", String.valueOf(size));
        description = new Description(count + " pictures", of, "uint8", 1, 0.02);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        Path pictures = JpegFolder.write(folder.resolve("pictures"), settings.data(), SOURCE_SIZE, count);
        for (int i = 0; i < count; i++)
            files.add(Files.readAllBytes(pictures.resolve(String.format(Locale.ROOT, "%06d.jpg", i))));
        float[] values = new float[count * 3 * size * size];
        int at = 0;
        for (byte[] file : files) for (byte value : decode(file)) values[at++] = value & 0xFF;
        return Map.of("pixels", values);
    }

    private byte[] decode(byte[] file) throws IOException {
        return Images.planar(Resize.cover(ImageFiles.decode(file, 3), size));
    }

    @Override
    public void iterate() throws IOException {
        for (byte[] file : files) decode(file);
    }
}
