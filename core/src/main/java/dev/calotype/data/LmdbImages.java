package dev.calotype.data;

import dev.calotype.data.label.Labels;
import dev.calotype.data.lmdb.LmdbFile;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import dev.calotype.image.ImageFiles;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pictures that are the values of an LMDB environment, the form of LSUN, in the order of their keys. There are no labels. Short
 * values that are no pictures, such as a count of them, are passed over.
 */
final class LmdbImages implements ImageDataset {
    private static final String NO_PICTURES = "values of an LMDB environment that are no pictures";

    private final String name;
    private final Path path;
    private final int channels;
    private final LmdbFile file;
    private final List<PassedOver> passedOver;

    private LmdbImages(String name, Path path, int channels, LmdbFile file, LeftOut leftOut) {
        this.name = name;
        this.path = path;
        this.channels = channels;
        this.file = file;
        leftOut.tell(name);
        passedOver = leftOut.list();
    }

    /**
     * The pictures in the file {@code data.mdb}; {@code leftOut} is what else is known to lie there.
     *
     * @throws IOException if it is damaged, of a kind that is not read, or has no pictures
     */
    static LmdbImages open(String name, Path path, ReadOptions options, LeftOut leftOut) throws IOException {
        options.labels().takesWritten(name);
        LmdbFile file = LmdbFile.open(path, (key, value) -> {
            boolean picture = value == null || ImageFiles.recognises(value);
            if (!picture) leftOut.add(NO_PICTURES, key);
            return picture;
        });
        if (file.size() > 0) return new LmdbImages(name, path, options.channels(), file, leftOut);
        file.close();
        throw new IOException(name + " is an LMDB environment without pictures" + leftOut.inWords());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public String labelSource() {
        return "none: an LMDB environment has keys and pictures alone";
    }

    @Override
    public List<PassedOver> passedOver() {
        return passedOver;
    }

    @Override
    public String sampleName(long index) {
        int entry = (int) Objects.checkIndex(index, size());
        try {
            return path + "/" + file.key(entry);
        } catch (IOException unreadable) {
            return path + "#" + entry;
        }
    }

    @Override
    public Sample read(long index) throws IOException {
        String source = sampleName(index);
        try {
            byte[] value = file.value((int) index);
            return new Sample(source, ImageFiles.decode(value, channels), Labels.UNLABELLED, "", Map.of());
        } catch (IOException e) {
            throw new IOException(source + ": " + Reason.of(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
