package dev.calotype.data;

import dev.calotype.data.label.Parts;
import dev.calotype.data.label.Split;
import dev.calotype.data.store.FollowedLinks;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.ListNames;
import dev.calotype.data.store.Listing;
import dev.calotype.data.store.PictureNames;
import dev.calotype.data.store.StoredFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What lies directly in a folder, as far as it tells which reader the folder is for; every list is sorted.
 *
 * @param idx IDX files of images
 * @param cifar binary files of CIFAR-10 or CIFAR-100
 * @param archives zip, tar and gzipped tar archives
 * @param folders sub-folders that are not hidden
 * @param arrays NumPy's arrays
 * @param tables Parquet files
 * @param lists files that list captions or labels
 * @param others what is none of these and no picture, by name, hidden files included
 * @param hasPictures whether a picture lies there
 */
record FolderContents(
        List<Path> idx,
        List<Path> cifar,
        List<Path> archives,
        List<Path> folders,
        List<Path> arrays,
        List<Path> tables,
        List<Path> lists,
        LeftOut others,
        boolean hasPictures) {
    private static final String BESIDE = "files and folders beside the ones that are read: name them to use them";
    private static final Pattern IDX = Pattern.compile(".*images[-.]idx3-ubyte(\\.gz)?");
    private static final Pattern CIFAR = Pattern.compile("(data_batch_\\d+|test_batch)\\.bin");
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(zip|tar|tar\\.gz|tgz|tar\\.bz2|tbz2?)");
    private static final Pattern USED = Pattern.compile(
            ".*labels[-.]idx1-ubyte(\\.gz)?|batches\\.meta\\.txt|(fine|coarse)_label_names\\.txt|(data|lock)\\.mdb");
    private static final Pattern ARRAY = Pattern.compile(".*\\.np[yz]");

    static FolderContents of(Path folder) throws IOException {
        List<Path> idx = new ArrayList<>();
        List<Path> cifar = new ArrayList<>();
        List<Path> archives = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        List<Path> arrays = new ArrayList<>();
        List<Path> tables = new ArrayList<>();
        List<Path> lists = new ArrayList<>();
        LeftOut others = new LeftOut();
        FollowedLinks links = new FollowedLinks(folder);
        boolean pictures = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
                String whyNot = Files.isSymbolicLink(entry) ? links.whyNot(entry) : null;
                if (Listing.isHidden(name)) others.aside(Listing.HIDDEN, name);
                else if (PictureNames.isRead(StoredFile.extension(name))) pictures = true;
                else if (whyNot != null && !Files.isDirectory(entry)) others.add(whyNot, name);
                else if (IDX.matcher(name).matches()) idx.add(entry);
                else if (CIFAR.matcher(name).matches() || isCifar100(entry, name)) cifar.add(entry);
                else if (ARCHIVE.matcher(name).matches()) archives.add(entry);
                else if (Files.isDirectory(entry)) folders.add(entry);
                else if (ARRAY.matcher(name).matches()) arrays.add(entry);
                else if (name.endsWith(".parquet")) tables.add(entry);
                else if (ListNames.isList(name)) lists.add(entry);
                else if (!USED.matcher(name).matches())
                    others.add(Listing.OTHERS, entry.getFileName().toString());
            }
        }
        for (List<Path> list : List.of(idx, cifar, archives, folders, arrays, tables)) Collections.sort(list);
        return new FolderContents(idx, cifar, archives, folders, arrays, tables, lists, others, pictures);
    }

    /** Names that any file may have decide only together with what it holds. */
    private static boolean isCifar100(Path file, String name) throws IOException {
        return (name.equals("train.bin") || name.equals("test.bin"))
                && Files.isRegularFile(file)
                && FileFormat.of(file) == FileFormat.CIFAR;
    }

    /** {@code leftOut} with everything but {@code chosen}. */
    LeftOut but(LeftOut leftOut, List<Path> chosen) {
        leftOut.addAll(others);
        if (!Files.isDirectory(chosen.get(0)))
            for (Path list : lists)
                leftOut.add(Listing.OTHERS, list.getFileName().toString());
        for (List<Path> list : List.of(idx, cifar, archives, folders, arrays, tables))
            for (Path path : list) {
                String name = path.getFileName() + (list == folders ? "/" : "");
                if (chosen.contains(path)) continue;
                if (Split.of(name) != null) leftOut.aside(Parts.ANOTHER, name);
                else leftOut.add(BESIDE, name);
            }
        return leftOut;
    }

    /** Whether nothing but arrays is there to read. */
    boolean isArrays() {
        return !arrays.isEmpty() && archives.isEmpty() && tables.isEmpty() && folders.isEmpty() && !hasPictures;
    }

    /** Whether all there is to read lies in one sub-folder and is no pictures, as in {@code data/} of a repository of the hub. */
    boolean isWrapped() throws IOException {
        boolean one = folders.size() == 1 && tables.isEmpty() && archives.isEmpty() && arrays.isEmpty() && !hasPictures;
        if (!one || Files.isSymbolicLink(folders.get(0))) return false;
        FolderContents inner = of(folders.get(0));
        if (inner.isTables() || inner.isArchives()) return true;
        boolean parts = !inner.hasPictures
                && !inner.folders.isEmpty()
                && inner.folders.stream()
                        .allMatch(part -> Split.isPart(part.getFileName().toString()));
        return parts && of(inner.folders.get(0)).isTables();
    }

    /** Whether nothing but tables is there to read. */
    boolean isTables() {
        return !tables.isEmpty() && archives.isEmpty() && arrays.isEmpty() && folders.isEmpty() && !hasPictures;
    }

    /** Whether the pictures, if there are any, are in archives. */
    boolean isArchives() {
        return !archives.isEmpty() && folders.isEmpty() && !hasPictures;
    }
}
