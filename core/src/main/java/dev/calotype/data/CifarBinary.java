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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * 32 x 32 colour pictures in the binary files of CIFAR-10 and CIFAR-100: records of one label byte, or of one of the superclass
 * and one of the class, and 3,072 bytes, red plane first. The names of the classes come from {@code batches.meta.txt} or {@code
 * fine_label_names.txt} beside the first file if it is there.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky, The CIFAR-10 dataset</a>
 */
final class CifarBinary implements ImageDataset {
    private static final int SIDE = 32;
    private static final int AREA = SIDE * SIDE;

    /** One byte of the class before each picture, or one of its superclass and one of its class. */
    enum Form {
        CIFAR_10(1, 10, "batches.meta.txt"),
        CIFAR_100(2, 100, "fine_label_names.txt");

        private final int labels;
        private final int classes;
        private final String names;

        Form(int labels, int classes, String names) {
            this.labels = labels;
            this.classes = classes;
            this.names = names;
        }

        private int record() {
            return labels + 3 * AREA;
        }

        /** The form of whose records a file of that size has a whole number. */
        static Optional<Form> of(long size) {
            return Stream.of(values())
                    .filter(form -> size > 0 && size % form.record() == 0)
                    .findFirst();
        }

        /** Whether a file begins with a class that there is. */
        boolean fits(byte[] head) {
            return (head[labels - 1] & 0xFF) < classes;
        }
    }

    private static final int MAX_NAMES = 10_000;

    private final String name;
    private final int channels;
    private final Form form;
    private final List<RandomFile> files = new ArrayList<>();
    private final List<String> classes;
    private final long size;

    private CifarBinary(String name, List<Path> paths, ReadOptions options) throws IOException {
        this.name = name;
        channels = options.channels();
        form = Form.of(Files.size(paths.get(0))).orElse(Form.CIFAR_10);
        long records = 0;
        try {
            for (Path path : paths) {
                RandomFile file = new RandomFile(path);
                files.add(file);
                if (file.size() == 0 || file.size() % form.record() != 0)
                    throw new IOException(path + " has " + file.size() + " bytes, which is not a whole number of CIFAR"
                            + " records of " + form.record() + ": it is damaged or incomplete");
                records += file.size() / form.record();
            }
            classes = options.labels().takesWritten(name) ? names(paths.get(0), form) : List.of();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        size = records;
    }

    /**
     * The records of one or more files, one file after the other.
     *
     * @param options channels 3, or 1 for their luma, by the rule of {@link dev.calotype.image.ImageFiles}
     * @throws IOException if a file is not a whole number of records
     */
    public static CifarBinary open(String name, List<Path> files, ReadOptions options) throws IOException {
        if (files.isEmpty()) throw new IllegalArgumentException("files must be at least one: " + files);
        return new CifarBinary(name, files, options);
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
        for (; record >= files.get(f).size() / form.record(); f++)
            record -= files.get(f).size() / form.record();
        String source = files.get(f).path() + "#" + record;
        byte[] bytes = files.get(f).read(record * form.record(), form.record());
        int label = bytes[form.labels - 1] & 0xFF;
        if (label >= form.classes)
            throw new IOException(source + ": label must be in 0.." + (form.classes - 1) + ": " + label);
        Picture picture = new Picture(SIDE, SIDE, 3, pixels(bytes, form.labels));
        int told = classes.isEmpty() ? Sample.UNLABELLED : label;
        return new Sample(source, Images.withChannels(picture, channels), told, "", Map.of());
    }

    /** Planes to interleaved channels. */
    private static byte[] pixels(byte[] record, int from) {
        byte[] pixels = new byte[3 * AREA];
        for (int i = 0; i < pixels.length; i++) pixels[i] = record[from + i % 3 * AREA + i / 3];
        return pixels;
    }

    private static List<String> names(Path first, Form form) throws IOException {
        Path file = first.resolveSibling(form.names);
        if (!Files.isRegularFile(file)) return Labels.numbered(form.classes);
        if (Files.size(file) > MAX_NAMES)
            throw new IOException(file + " has " + Files.size(file) + " bytes; at most " + MAX_NAMES + " are read");
        List<String> names = Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
        if (names.size() != form.classes)
            throw new IOException(file + " must name " + form.classes + " classes: " + names.size());
        return names;
    }

    @Override
    public void close() throws IOException {
        for (RandomFile file : files) file.close();
    }
}
