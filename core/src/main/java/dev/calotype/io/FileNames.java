package dev.calotype.io;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files as text. Java reads them in the character set of the locale, and what it cannot read it replaces. */
public final class FileNames {
    private FileNames() {}

    /**
     * Lets a file or folder pass whose name tells it from others.
     *
     * @throws IOException if the name is in no character set that the locale knows; the last part of the path counts. In
     *     UTF-8 only folders are refused: their names are classes, and a single picture is found without one
     */
    public static void requireReadable(Path file) throws IOException {
        if (file.getFileName() == null || isReadable(file.getFileName())) return;
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
        boolean utf8 = names.equals(StandardCharsets.UTF_8);
        if (utf8 && !Files.isDirectory(file)) return;
        throw new IOException(
                file + " has a name that cannot be read in " + names + ", the character set of this locale: "
                        + (utf8 ? "rename it in UTF-8" : "set LC_ALL=C.UTF-8 in the environment"));
    }

    private static boolean isReadable(Path name) {
        try {
            return name.getFileSystem().getPath(name.toString()).equals(name);
        } catch (InvalidPathException replaced) {
            return false;
        }
    }
}
