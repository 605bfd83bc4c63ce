package dev.calotype.data.numpy;

import dev.calotype.data.label.Parts;
import dev.calotype.data.label.Split;
import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.RandomFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.data.store.ZipMethods;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The arrays of an {@code .npz}, which is a zip archive of {@code .npy}; compressed ones are unpacked once. */
public final class NumpyArchive implements Closeable {
    private static final Set<String> STATISTICS = Set.of("mu", "sigma", "mu_s", "sigma_s");

    private final Path path;
    private final List<NumpyArray> arrays = new ArrayList<>();
    private final LeftOut unread = new LeftOut();

    private NumpyArchive(Path path) {
        this.path = path;
    }

    public static NumpyArchive open(Path path, UnpackedFiles cache) throws IOException {
        NumpyArchive archive = new NumpyArchive(path);
        try (ZipFile zip = ZipFile.builder().setPath(path).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                String whyNot = ZipMethods.whyNot(entry);
                if (whyNot != null) archive.unread.add(whyNot, entry.getName());
                else if (!entry.getName().endsWith(".npy"))
                    archive.unread.add("entries that are no arrays", entry.getName());
                else archive.add(zip, entry, cache);
            }
            return archive;
        } catch (IOException | RuntimeException e) {
            archive.closeAllBut(null);
            String reason = FileStore.reason(e);
            throw reason.contains(path.toString())
                    ? new IOException(reason, e)
                    : new IOException(path + ": the archive is damaged or incomplete (" + reason + ")", e);
        }
    }

    private void add(ZipFile zip, ZipArchiveEntry entry, UnpackedFiles cache) throws IOException {
        boolean stored = entry.getMethod() == ZipArchiveEntry.STORED;
        Path place = path;
        if (!stored) {
            try (InputStream in = zip.getInputStream(entry)) {
                place = cache.unpacked(path, entry.getName(), in);
            }
        }
        RandomFile file = new RandomFile(place);
        try {
            String name = entry.getName().substring(0, entry.getName().length() - ".npy".length());
            long offset = stored ? entry.getDataOffset() : 0;
            long length = stored ? entry.getSize() : file.size();
            if (offset < 0 || length > file.size() - offset)
                throw new IOException(path + ": " + entry.getName() + " claims " + length
                        + " bytes, more than there are: it is damaged or incomplete");
            arrays.add(NumpyArray.of(path + ": " + entry.getName(), name, file, offset, length));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The array of that name, if there is one that can be read. */
    public Optional<NumpyArray> array(String entry) {
        return arrays.stream().filter(a -> a.entry().equals(entry)).findFirst();
    }

    /** The array of the pictures of a part. */
    public NumpyArray pictures(Split split) throws IOException {
        List<String> names = arrays.stream()
                .filter(NumpyArray::mayBePictures)
                .map(NumpyArray::entry)
                .toList();
        if (names.isEmpty())
            throw new IOException(path + " has no array of pictures (number, height, width, channels): it holds "
                    + arrays.stream()
                            .map(a -> a.entry() + " " + a.header().shapeInWords())
                            .collect(Collectors.joining(", "))
                    + unread.inWords());
        List<String> chosen = split.chooseNames(path.toString(), names);
        if (chosen.size() > 1)
            throw new IOException(path + " holds several arrays that may be pictures, save one of them alone: "
                    + String.join(", ", chosen));
        return arrays.stream()
                .filter(a -> a.entry().equals(chosen.get(0)))
                .findFirst()
                .orElseThrow();
    }

    /** The only array of whole numbers of the same part and as many as the pictures, or null. */
    public NumpyArray labels(NumpyArray pictures) {
        int count = pictures.header().shape().get(0);
        List<NumpyArray> labels = arrays.stream()
                .filter(a -> a != pictures && a.mayBeLabelsOf(count))
                .filter(a -> Split.of(a.entry()) == Split.of(pictures.entry()))
                .toList();
        return labels.size() == 1 ? labels.get(0) : null;
    }

    public void countOthers(NumpyArray pictures, NumpyArray labels, LeftOut leftOut) {
        leftOut.addAll(unread);
        for (NumpyArray array : arrays) {
            if (array == pictures || array == labels) continue;
            String entry = array.entry();
            if (STATISTICS.contains(entry)) leftOut.aside("statistics of features, which evaluate takes", entry);
            else if (Split.of(entry) != Split.of(pictures.entry())) leftOut.aside(Parts.ANOTHER, entry);
            else leftOut.add("arrays that are neither the pictures nor the only labels of them", entry);
        }
    }

    @Override
    public void close() throws IOException {
        closeAllBut(null);
    }

    public void closeAllBut(NumpyArray kept) throws IOException {
        for (NumpyArray array : arrays) if (array != kept) array.close();
    }
}
