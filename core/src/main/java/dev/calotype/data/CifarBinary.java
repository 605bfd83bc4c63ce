package dev.calotype.data;

import dev.calotype.data.label.Labels;
import dev.calotype.data.store.RandomFile;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * 32 x 32 colour pictures of ten classes in CIFAR-10's binary files: records of one label byte and 3,072 bytes, red
 * plane first. The names of the classes come from {@code batches.meta.txt} beside the first file if it is there.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky, The CIFAR-10 dataset</a>
 */
final class CifarBinary implements ImageDataset {
    /** The bytes of one record. */
    static final int RECORD = 3073;

    static final int CLASSES = 10;
    private static final int SIDE = 32;
    private static final int AREA = SIDE * SIDE;
    private static final int MAX_NAMES = 10_000;

    private final String name;
    private final int channels;
    private final List<RandomFile> files = new ArrayList<>();
    private final List<String> classes;
    private final long size;

    private CifarBinary(String name, List<Path> paths, int channels) throws IOException {
        this.name = name;
        this.channels = channels;
        long records = 0;
        try {
            for (Path path : paths) {
                RandomFile file = new RandomFile(path);
                files.add(file);
                if (file.size() == 0 || file.size() % RECORD != 0)
                    throw new IOException(
                            path + " has " + file.size() + " bytes, which is not a whole number of CIFAR-10"
                                    + " records of " + RECORD + ": it is damaged or incomplete");
                records += file.size() / RECORD;
            }
            classes = names(paths.get(0));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        size = records;
    }

    /**
     * The records of one or more files, one file after the other.
     *
     * @param channels of the pictures read: 3, or 1 for their luma, by the rule of {@link dev.calotype.image.ImageFiles}
     * @throws IOException if a file is not a whole number of records
     */
    public static CifarBinary open(String name, List<Path> files, int channels) throws IOException {
        if (files.isEmpty()) throw new IllegalArgumentException("files must be at least one: " + files);
        return new CifarBinary(name, files, channels);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Sample read(long index) throws IOException {
        long record = Objects.checkIndex(index, size);
        int f = 0;
        for (; record >= files.get(f).size() / RECORD; f++)
            record -= files.get(f).size() / RECORD;
        String source = files.get(f).path() + "#" + record;
        byte[] bytes = files.get(f).read(record * RECORD, RECORD);
        int label = bytes[0] & 0xFF;
        if (label >= CLASSES) throw new IOException(source + ": label must be in 0.." + (CLASSES - 1) + ": " + label);
        Picture picture = new Picture(SIDE, SIDE, 3, pixels(bytes));
        return new Sample(source, Images.withChannels(picture, channels), label, "", Map.of());
    }

    /** Planes to interleaved channels. */
    private static byte[] pixels(byte[] record) {
        byte[] pixels = new byte[3 * AREA];
        for (int i = 0; i < pixels.length; i++) pixels[i] = record[1 + i % 3 * AREA + i / 3];
        return pixels;
    }

    private static List<String> names(Path first) throws IOException {
        Path file = first.resolveSibling("batches.meta.txt");
        if (!Files.isRegularFile(file)) return Labels.numbered(CLASSES);
        if (Files.size(file) > MAX_NAMES)
            throw new IOException(file + " has " + Files.size(file) + " bytes; at most " + MAX_NAMES + " are read");
        List<String> names = Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
        if (names.size() != CLASSES)
            throw new IOException(file + " must name " + CLASSES + " classes: " + names.size());
        return names;
    }

    @Override
    public void close() throws IOException {
        for (RandomFile file : files) file.close();
    }
}
