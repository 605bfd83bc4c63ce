package dev.calotype.data;

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
 * @param cifar CIFAR-10's binary files
 * @param archives zip, tar and gzipped tar archives
 * @param folders sub-folders that are not hidden
 * @param hasPictures whether a picture lies there
 */
record FolderContents(List<Path> idx, List<Path> cifar, List<Path> archives, List<Path> folders, boolean hasPictures) {
    private static final Pattern IDX = Pattern.compile(".*images[-.]idx3-ubyte(\\.gz)?");
    private static final Pattern CIFAR = Pattern.compile("(data_batch_\\d+|test_batch)\\.bin");
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(zip|tar|tar\\.gz|tgz)");

    static FolderContents of(Path folder) throws IOException {
        List<Path> idx = new ArrayList<>();
        List<Path> cifar = new ArrayList<>();
        List<Path> archives = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        boolean pictures = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
                if (name.startsWith(".") || name.equals("__macosx")) continue;
                if (Listing.looksLikePicture(name)) pictures = true;
                else if (IDX.matcher(name).matches()) idx.add(entry);
                else if (CIFAR.matcher(name).matches()) cifar.add(entry);
                else if (ARCHIVE.matcher(name).matches()) archives.add(entry);
                else if (Files.isDirectory(entry)) folders.add(entry);
            }
        }
        for (List<Path> list : List.of(idx, cifar, archives, folders)) Collections.sort(list);
        return new FolderContents(idx, cifar, archives, folders, pictures);
    }

    /** Whether the pictures, if there are any, are in archives. */
    boolean isArchives() {
        return !archives.isEmpty() && folders.isEmpty() && !hasPictures;
    }
}
