package dev.calotype.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where drawn pictures go: a PNG file for a grid, or a folder. */
final class PictureTarget {
    private static final Pattern EXTENSION = Pattern.compile(".+\\.[A-Za-z][A-Za-z0-9]*");

    private PictureTarget() {}

    /** @throws IllegalArgumentException if it is neither */
    static void require(String out) {
        if (out.isBlank()) throw new IllegalArgumentException("--out must name a .png file or a folder: '" + out + "'");
        if (out.endsWith(".png") || out.endsWith("/") || out.endsWith("\\") || Files.isDirectory(Path.of(out))) return;
        Path name = Path.of(out).getFileName();
        if (name != null && EXTENSION.matcher(name.toString()).matches())
            throw new IllegalArgumentException(
                    "--out must end in .png for a grid, or be a folder, which has no extension or" + " a / at its end: "
                            + out);
    }
}
