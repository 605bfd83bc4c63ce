package dev.calotype.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens what people name on a command line: a path, of which {@code :train}, {@code :val} or {@code :test} may pick a
 * part. What lies there is told by its content:
 *
 * <ul>
 *   <li>a folder of pictures, or of zip, tar or gzipped tar archives of them (WebDataset shards, for one);
 *   <li>a folder with IDX files (MNIST) or with CIFAR-10's binary files;
 *   <li>a single archive, IDX or CIFAR-10 file.
 * </ul>
 *
 * A folder that holds both a training part and another one (sub-folders {@code train} and {@code test}, {@code val} or
 * {@code validation}; files named so) stands for its training part unless the other one is asked for. Built-in names
 * are not known here: the caller tries them first.
 */
public final class DataSource {
    private DataSource() {}

    /** Opens a data set with labels and cache as they are by default: {@link ReadOptions#channels}. */
    public static ImageDataset open(String spec, int channels) throws IOException {
        return open(spec, ReadOptions.channels(channels));
    }

    /**
     * Opens a data set by its path and perhaps its part.
     *
     * @throws IOException if nothing is there, or nothing that could be read as pictures; the message says what to do
     */
    public static ImageDataset open(String spec, ReadOptions options) throws IOException {
        Path whole = path(spec);
        if (Files.exists(whole)) return open(whole, Split.ANY, options);
        int colon = spec.lastIndexOf(':');
        Split split = colon < 1 ? null : Split.named(spec.substring(colon + 1));
        Path path = split == null ? whole : path(spec.substring(0, colon));
        if (!Files.exists(path))
            throw new IOException("there is no file or folder " + path.toAbsolutePath()
                    + ": name a folder of pictures, an archive, or an IDX or CIFAR-10 file");
        return open(path, split == null ? Split.ANY : split, options);
    }

    /** Opens the data set at {@code path}, with the training part if there are several. */
    public static ImageDataset open(Path path, ReadOptions options) throws IOException {
        if (!Files.exists(path)) throw new IOException("there is no file or folder " + path.toAbsolutePath());
        return open(path, Split.ANY, options);
    }

    private static Path path(String spec) throws IOException {
        try {
            return Path.of(spec);
        } catch (InvalidPathException e) {
            throw new IOException("not a path: " + spec, e);
        }
    }

    private static ImageDataset open(Path path, Split split, ReadOptions options) throws IOException {
        if (Files.isDirectory(path)) return folder(path, split, options);
        if (split != Split.ANY)
            throw new IOException(path + " is a single file and has no part " + split.word() + ": name it without one");
        FileFormat format = FileFormat.of(path);
        return switch (format) {
            case ZIP, TAR, TAR_GZIP -> ImageFolder.ofArchives(path.toString(), List.of(path), options);
            case IDX_IMAGES -> IdxImages.open(path, options.channels());
            case CIFAR -> CifarBinary.open(path.toString(), List.of(path), options.channels());
            case IDX_LABELS -> throw new IOException(path + " is IDX labels: name the file of the images beside it");
            case PICTURE -> throw new IOException(path + " is a single picture: name the folder that it lies in");
            default ->
                throw new IOException(path + " is " + format.words()
                        + "; a data set is a folder of pictures, a zip, tar or tar.gz archive of them, or an IDX or CIFAR-10"
                        + " file");
        };
    }

    private static ImageDataset folder(Path folder, Split split, ReadOptions options) throws IOException {
        FolderContents contents = FolderContents.of(folder);
        if (!contents.idx().isEmpty())
            return IdxImages.open(split.chooseOne(folder, contents.idx()), options.channels());
        if (!contents.cifar().isEmpty()) {
            List<Path> chosen = split.choose(folder, contents.cifar());
            return CifarBinary.open(split.name(folder), chosen, options.channels());
        }
        if (contents.isArchives()) {
            List<Path> chosen = split.choose(folder, contents.archives());
            return ImageFolder.ofArchives(split.name(folder), chosen, options);
        }
        if (split == Split.ANY && !Split.separates(contents.folders())) return ImageFolder.of(folder, options);
        return folder(split.chooseOne(folder, contents.folders()), Split.ANY, options);
    }
}
