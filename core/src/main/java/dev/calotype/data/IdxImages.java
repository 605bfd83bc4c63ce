package dev.calotype.data;

import dev.calotype.data.label.Labels;
import dev.calotype.data.store.RandomFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.image.Picture;
import dev.calotype.io.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Grey pictures in one IDX file, as MNIST has them: {@code train-images-idx3-ubyte}, gzipped or not, with the labels in
 * {@code train-labels-idx1-ubyte} beside it if it is there. A small gzipped file (of at most 128 MiB
 * of pixels) is held in memory, a larger one is unpacked once; a plain one stays on the disk.
 *
 * @see <a href="https://yann.lecun.com/exdb/mnist/">LeCun, Cortes and Burges, The MNIST database</a>
 */
final class IdxImages implements ImageDataset {
    private static final int MAX_IN_MEMORY = 1 << 27;
    private static final int LABEL_HEADER = 8;
    private static final int LABELS_MAGIC = 0x801;
    private static final int LEAST_CLASSES = 10;

    private final String name;
    private final int channels;
    private final Header header;
    private final byte[] body;
    private final RandomFile file;
    private final byte[] labels;
    private final List<String> classes;

    /** What the first bytes of the images claim. */
    private record Header(int count, int height, int width) {
        static final int BYTES = 16;
        static final int MAGIC = 0x803;
        static final int MAX_SIDE = 1 << 14;

        static Header parse(Path file, byte[] bytes) throws IOException {
            if (bytes.length < BYTES || ByteBuffer.wrap(bytes).getInt() != MAGIC)
                throw new IOException(file + " is not an IDX file of 8-bit images");
            ByteBuffer fields = ByteBuffer.wrap(bytes, Integer.BYTES, BYTES - Integer.BYTES);
            Header header = new Header(fields.getInt(), fields.getInt(), fields.getInt());
            if (header.count < 1 || !isSide(header.height) || !isSide(header.width))
                throw new IOException(file + " claims " + header + "; at least 1 image, of 1 to " + MAX_SIDE
                        + " pixels a side, is allowed");
            return header;
        }

        private static boolean isSide(int pixels) {
            return pixels >= 1 && pixels <= MAX_SIDE;
        }

        int area() {
            return height * width;
        }

        long bodyBytes() {
            return (long) count * area();
        }

        @Override
        public String toString() {
            return count + " images of " + width + " x " + height;
        }
    }

    /** Either {@code body} or {@code file} is null. */
    private IdxImages(Path images, ReadOptions options, Header header, byte[] body, RandomFile file)
            throws IOException {
        name = images.toString();
        channels = options.channels();
        this.header = header;
        this.body = body;
        this.file = file;
        labels = options.labels().takesWritten(name) ? labels(images, header.count) : new byte[0];
        classes = labels.length == 0 ? List.of() : Labels.numbered(Math.max(LEAST_CLASSES, largest(labels) + 1));
    }

    /**
     * The pictures of {@code images} and the labels beside them.
     *
     * @param options channels 1, or 3 (grey three times); the cache is where a large gzipped file is unpacked
     * @throws IOException if the file does not have the length that its header claims, or the labels do not match
     */
    public static IdxImages open(Path images, ReadOptions options) throws IOException {
        if (!FileFormat.isGzip(images)) return onDisk(images, options, images);
        Header header;
        try (InputStream in = stream(images)) {
            header = Header.parse(images, in.readNBytes(Header.BYTES));
            if (header.bodyBytes() <= MAX_IN_MEMORY) return inMemory(images, options, header, in);
        } catch (EOFException | ZipException e) {
            throw new IOException(images + " is damaged or incomplete (" + Reason.of(e) + ")", e);
        }
        long bytes = Header.BYTES + header.bodyBytes();
        return onDisk(images, options, new UnpackedFiles(options.cache()).unpacked(images, bytes));
    }

    private static IdxImages onDisk(Path images, ReadOptions options, Path plain) throws IOException {
        RandomFile file = new RandomFile(plain);
        try {
            Header header = Header.parse(images, file.read(0, (int) Math.min(Header.BYTES, file.size())));
            if (file.size() - Header.BYTES != header.bodyBytes())
                throw new IOException(images + " claims " + header + ", which take " + header.bodyBytes()
                        + " bytes, but has " + (file.size() - Header.BYTES) + ": it is damaged or incomplete");
            return new IdxImages(images, options, header, null, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static IdxImages inMemory(Path images, ReadOptions options, Header header, InputStream in)
            throws IOException {
        byte[] body = in.readNBytes((int) header.bodyBytes());
        if (body.length < header.bodyBytes() || in.read() >= 0)
            throw new IOException(images + " claims " + header + ", which take " + header.bodyBytes()
                    + " bytes, but has " + (body.length < header.bodyBytes() ? body.length : "more")
                    + ": it is damaged or incomplete");
        return new IdxImages(images, options, header, body, null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return header.count;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Sample read(long index) throws IOException {
        long from = Objects.checkIndex(index, size()) * header.area();
        byte[] grey = body != null
                ? Arrays.copyOfRange(body, (int) from, (int) from + header.area())
                : file.read(Header.BYTES + from, header.area());
        byte[] pixels = channels == 1 ? grey : new byte[3 * header.area()];
        if (channels == 3) for (int i = 0; i < pixels.length; i++) pixels[i] = grey[i / 3];
        int label = labels.length == 0 ? Sample.UNLABELLED : labels[(int) index] & 0xFF;
        Picture picture = new Picture(header.width, header.height, channels, pixels);
        return new Sample(name + "#" + index, picture, label, "", Map.of());
    }

    @Override
    public void close() throws IOException {
        if (file != null) file.close();
    }

    /** One byte per image, or none at all. */
    private static byte[] labels(Path images, int count) throws IOException {
        String plain = images.getFileName().toString().replaceFirst("\\.gz$", "");
        String beside = plain.replace("images", "labels").replace("idx3", "idx1");
        if (beside.equals(plain)) return new byte[0];
        Path file = Stream.of(beside, beside + ".gz")
                .map(images::resolveSibling)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
        if (file == null) return new byte[0];
        try (InputStream in = stream(file)) {
            ByteBuffer head = ByteBuffer.wrap(in.readNBytes(LABEL_HEADER));
            if (head.remaining() < LABEL_HEADER || head.getInt() != LABELS_MAGIC)
                throw new IOException(file + " is not an IDX file of 8-bit labels");
            int claimed = head.getInt();
            byte[] labels = in.readNBytes(count);
            if (claimed != count || labels.length < count || in.read() >= 0)
                throw new IOException(file + " claims " + claimed + " labels and has "
                        + (labels.length < count ? labels.length : "at least " + count) + ", but there are " + count
                        + " images");
            return labels;
        } catch (EOFException | ZipException e) {
            throw new IOException(file + " is damaged or incomplete (" + Reason.of(e) + ")", e);
        }
    }

    private static int largest(byte[] labels) {
        int largest = 0;
        for (byte label : labels) largest = Math.max(largest, label & 0xFF);
        return largest;
    }

    private static InputStream stream(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        if (!FileFormat.isGzip(file)) return raw;
        try {
            return new GZIPInputStream(raw, 1 << 16);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }
}
