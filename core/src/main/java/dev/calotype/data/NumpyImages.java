package dev.calotype.data;

import dev.calotype.data.label.Labels;
import dev.calotype.data.label.Split;
import dev.calotype.data.numpy.NumpyArchive;
import dev.calotype.data.numpy.NumpyArray;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.store.RandomFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pictures in an array that NumPy saved: {@code uint8}, {@code (N, H, W, C)}, {@code (N, C, H, W)} or {@code (N, H, W)},
 * with 1, 3 or 4 channels. In an {@code .npz} the array of whole numbers of the same length holds the labels, as in the
 * batches of OpenAI's guided-diffusion ({@code arr_0}, {@code arr_1}); beside {@code x_train.npy} they are {@code
 * y_train.npy}, beside {@code images.npy} {@code labels.npy}. Arrays stay on the disk.
 */
final class NumpyImages implements ImageDataset {
    private final String name;
    private final int channels;
    private final NumpyArray array;
    private final NumpyLayout layout;
    private final long from;
    private final Labels labels;
    private final List<PassedOver> passedOver;

    private NumpyImages(String name, ReadOptions options, NumpyArray array, NumpyArray labels, LeftOut leftOut)
            throws IOException {
        this.name = name;
        channels = options.channels();
        this.array = array;
        layout = NumpyLayout.of(array);
        from = array.elements(1);
        boolean taken = options.labels().takesWritten(name);
        String none = taken ? "none: no array of whole numbers, one for each picture, is there" : Labels.NOT_ASKED;
        this.labels = taken && labels != null
                ? Labels.written(labels.labels(), labels.entry())
                : Labels.none(layout.count(), none);
        leftOut.tell(name);
        passedOver = leftOut.list();
    }

    /** The pictures of an {@code .npy} and the labels beside it; {@code leftOut} is what else is known to lie there. */
    static NumpyImages ofArray(Path path, ReadOptions options, LeftOut leftOut) throws IOException {
        NumpyArray array = array(path);
        try {
            Path beside = labelsBeside(path);
            if (beside == null) return new NumpyImages(path.toString(), options, array, null, leftOut);
            try (NumpyArray labels = array(beside)) {
                int count = array.header().shape().isEmpty()
                        ? 0
                        : array.header().shape().get(0);
                if (!labels.mayBeLabelsOf(count))
                    throw new IOException(beside + " must hold " + count + " whole numbers, one for each picture of "
                            + path + ": type " + labels.header().type() + ", shape "
                            + labels.header().shapeInWords());
                return new NumpyImages(path.toString(), options, array, labels, leftOut);
            }
        } catch (IOException | RuntimeException e) {
            array.close();
            throw e;
        }
    }

    /** The pictures of an {@code .npz}, or of one part of it, and their labels. */
    static NumpyImages ofArrays(Path path, ReadOptions options, Split split, LeftOut leftOut) throws IOException {
        NumpyArchive archive = NumpyArchive.open(path, new UnpackedFiles(options.cache()));
        try {
            NumpyArray pictures = archive.pictures(split);
            NumpyArray labels = archive.labels(pictures);
            archive.countOthers(pictures, labels, leftOut);
            NumpyImages data = new NumpyImages(split.name(path), options, pictures, labels, leftOut);
            archive.closeAllBut(pictures);
            return data;
        } catch (IOException | RuntimeException e) {
            archive.closeAllBut(null);
            throw e;
        }
    }

    /** The file of the labels of the pictures in {@code path}, or null. */
    static Path labelsBeside(Path path) {
        String base = path.getFileName().toString();
        for (String other : List.of(
                base.replace("images", "labels"), base.replaceFirst("^x(?![a-z])", "y"), base.replaceFirst("^X", "y")))
            if (!other.equals(base) && Files.isRegularFile(path.resolveSibling(other), LinkOption.NOFOLLOW_LINKS))
                return path.resolveSibling(other);
        return null;
    }

    private static NumpyArray array(Path path) throws IOException {
        RandomFile file = new RandomFile(path);
        try {
            return NumpyArray.of(path.toString(), path.getFileName().toString(), file, 0, file.size());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return layout.count();
    }

    @Override
    public int label(long index) {
        return labels.of()[(int) index];
    }

    @Override
    public List<String> classes() {
        return labels.classes();
    }

    @Override
    public String labelSource() {
        return labels.source();
    }

    @Override
    public List<PassedOver> passedOver() {
        return passedOver;
    }

    @Override
    public Sample read(long index) throws IOException {
        Objects.checkIndex(index, size());
        byte[] bytes = array.file().read(from + index * layout.bytes(), layout.bytes());
        return new Sample(
                name + "#" + index,
                Images.withChannels(layout.picture(bytes), channels),
                labels.of()[(int) index],
                "",
                Map.of());
    }

    @Override
    public void close() throws IOException {
        array.close();
    }
}
