package dev.calotype.data;

import dev.calotype.data.label.Lists;
import dev.calotype.data.label.Split;
import dev.calotype.data.store.FolderStore;
import dev.calotype.data.store.FollowedLinks;
import dev.calotype.data.store.LeftOut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Opens what people name on a command line: a path, of which {@code :train}, {@code :val} or {@code :test} may pick a
 * part. What lies there is told by its content:
 *
 * <ul>
 *   <li>a folder of pictures, or of zip, tar or gzipped tar archives of them (WebDataset shards, for one);
 *   <li>a folder with IDX files (MNIST), with CIFAR's binary files, with NumPy's arrays, with Parquet tables, or
 *       with LSUN's LMDB environment;
 *   <li>a repository or a snapshot in the cache of the Hugging Face hub;
 *   <li>a folder of videos, which are read as {@link dev.calotype.data.video.ClipSettings} say;
 *   <li>a single video, archive, Parquet, LMDB, IDX, CIFAR, .npy or .npz file.
 * </ul>
 *
 * What is there and not used is told in the log, and by {@link ImageDataset#passedOver}.
 *
 * <p>A folder that holds both a training part and another one (sub-folders {@code train} and {@code test}, {@code val} or
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
        if (spec.isBlank()) throw new IOException("a data set needs a path: an empty one was given");
        Path whole = path(spec);
        if (Files.exists(whole)) return open(whole, Split.ANY, options);
        int colon = spec.lastIndexOf(':');
        Split split = colon < 1 ? null : Split.named(spec.substring(colon + 1));
        Path path = split == null ? whole : path(spec.substring(0, colon));
        if (!Files.exists(path) && FilePattern.is(spec)) return several(spec, options);
        if (!Files.exists(path))
            throw new IOException("there is no file or folder " + path.toAbsolutePath()
                    + ": name a folder of pictures, an archive, or an IDX, CIFAR, NumPy, Parquet or LMDB file");
        return open(path, split == null ? Split.ANY : split, options);
    }

    /** Opens the data set at {@code path}, with the training part if there are several. */
    public static ImageDataset open(Path path, ReadOptions options) throws IOException {
        if (!Files.exists(path)) throw new IOException("there is no file or folder " + path.toAbsolutePath());
        return open(path, Split.ANY, options);
    }

    private static ImageDataset several(String pattern, ReadOptions options) throws IOException {
        List<Path> files = FilePattern.files(pattern);
        FileFormat format = FileFormat.of(files.get(0));
        for (Path file : files)
            if (FileFormat.of(file) != format)
                throw new IOException(
                        pattern + " stands for files of several kinds: " + files.get(0) + " is " + format.words() + ", "
                                + file + " is " + FileFormat.of(file).words());
        return switch (format) {
            case ZIP, TAR, TAR_GZIP, TAR_BZIP2 ->
                ImageFolder.ofArchives(pattern, files, options, Split.ANY, new LeftOut());
            case PARQUET -> ParquetImages.open(pattern, files, options, new LeftOut());
            case CIFAR -> CifarBinary.open(pattern, files, options);
            default ->
                throw new IOException(
                        pattern + " stands for several files, which may be archives, Parquet tables or CIFAR files: "
                                + files.get(0) + " is " + format.words());
        };
    }

    private static Path path(String spec) throws IOException {
        try {
            return Path.of(spec);
        } catch (InvalidPathException e) {
            throw new IOException("not a path: " + spec, e);
        }
    }

    private static ImageDataset open(Path path, Split split, ReadOptions options) throws IOException {
        if (Files.isDirectory(path)) return folder(path, split, options, new LeftOut());
        FileFormat format = FileFormat.of(path);
        boolean clip = format == FileFormat.VIDEO
                || format == FileFormat.PICTURE && options.clip().frames() > 1;
        if (clip) return VideoFolder.ofFile(path, options);
        String name = split.name(path);
        if (split != Split.ANY && !format.hasParts())
            throw new IOException(path + " is a single file and has no part " + split.word() + ": name it without one");
        return switch (format) {
            case ZIP, TAR, TAR_GZIP, TAR_BZIP2 ->
                ImageFolder.ofArchives(name, List.of(path), options, split, new LeftOut());
            case IDX_IMAGES -> IdxImages.open(path, options);
            case CIFAR -> CifarBinary.open(path.toString(), List.of(path), options);
            case PARQUET -> ParquetImages.open(name, List.of(path), options, new LeftOut());
            case LMDB -> environment(path, split, options, new LeftOut());
            case NUMPY_ARRAY -> NumpyImages.ofArray(path, options, new LeftOut());
            case NUMPY_ARRAYS -> NumpyImages.ofArrays(path, options, split, new LeftOut());
            case IDX_LABELS -> throw new IOException(path + " is IDX labels: name the file of the images beside it");
            case PICTURE -> throw new IOException(path + " is a single picture: name the folder that it lies in");
            default ->
                throw new IOException(path + " is " + format.words()
                        + "; a data set is a folder of pictures, a zip, tar or tar.gz archive of them, a video, or an IDX, CIFAR,"
                        + " NumPy, Parquet or LMDB file");
        };
    }

    private static ImageDataset folder(Path folder, Split split, ReadOptions options, LeftOut leftOut)
            throws IOException {
        if (FollowedLinks.isRepository(folder)) return folder(HubCache.snapshot(folder), split, options, leftOut);
        Path environment = folder.resolve("data.mdb");
        FolderContents contents = FolderContents.of(folder);
        if (Files.isRegularFile(environment)
                && (!Files.isSymbolicLink(environment) || new FollowedLinks(folder).whyNot(environment) == null))
            return environment(environment, split, options, contents.but(leftOut, List.of(environment)));
        if (!contents.idx().isEmpty()) {
            Path chosen = split.chooseOne(folder, contents.idx());
            return Leaving.some(IdxImages.open(chosen, options), contents.but(leftOut, List.of(chosen)));
        }
        if (!contents.cifar().isEmpty()) {
            List<Path> chosen = split.choose(folder, contents.cifar());
            CifarBinary data = CifarBinary.open(split.name(folder), chosen, options);
            return Leaving.some(data, contents.but(leftOut, chosen));
        }
        if (contents.isArchives()) {
            List<Path> chosen = split.choose(folder, contents.archives());
            return ImageFolder.ofArchives(
                    split.name(folder), chosen, options, Split.ANY, contents.but(leftOut, chosen));
        }
        if (contents.isTables()) {
            List<Path> chosen = split.choose(folder, contents.tables());
            return ParquetImages.open(split.name(folder), chosen, options, contents.but(leftOut, chosen));
        }
        if (contents.isArrays()) return arrays(folder, split, options, contents, leftOut);
        if (contents.isWrapped())
            return folder(contents.folders().get(0), split, options, contents.but(leftOut, contents.folders()));
        boolean divided = split == Split.ANY ? Split.separates(contents.folders()) : split.isAmong(contents.folders());
        if (!divided) return files(folder, split, options, leftOut);
        Path chosen = split.chooseOne(folder, contents.folders());
        return folder(chosen, Split.ANY, options, contents.but(leftOut, List.of(chosen)));
    }

    private static ImageDataset files(Path folder, Split split, ReadOptions options, LeftOut leftOut)
            throws IOException {
        FolderStore store = FolderStore.open(folder, Lists::beside);
        boolean noPicture = store.listing().pictures().isEmpty();
        boolean clips = options.clip().frames() > 1
                || noPicture && !store.listing().videos().isEmpty();
        return clips
                ? VideoFolder.of(split.name(folder), store, options, split, leftOut)
                : ImageFolder.of(split.name(folder), store, options, split, leftOut);
    }

    private static ImageDataset environment(Path file, Split split, ReadOptions options, LeftOut leftOut)
            throws IOException {
        FileFormat format = FileFormat.of(file);
        if (format != FileFormat.LMDB)
            throw new IOException(file + " must be an LMDB environment by its name and is " + format.words());
        if (split != Split.ANY) throw new IOException(file + " has no part " + split.word() + ": name it without one");
        return LmdbImages.open(file.toString(), file, options, leftOut);
    }

    private static ImageDataset arrays(
            Path folder, Split split, ReadOptions options, FolderContents contents, LeftOut leftOut)
            throws IOException {
        List<Path> labels = contents.arrays().stream()
                .map(NumpyImages::labelsBeside)
                .filter(Objects::nonNull)
                .toList();
        List<Path> pictures =
                contents.arrays().stream().filter(p -> !labels.contains(p)).toList();
        Path chosen = split.chooseOne(folder, pictures);
        Path beside = NumpyImages.labelsBeside(chosen);
        contents.but(leftOut, beside == null ? List.of(chosen) : List.of(chosen, beside));
        return FileFormat.of(chosen) == FileFormat.NUMPY_ARRAYS
                ? NumpyImages.ofArrays(chosen, options, Split.ANY, leftOut)
                : NumpyImages.ofArray(chosen, options, leftOut);
    }
}
