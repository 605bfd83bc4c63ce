package dev.calotype.app.option;

import dev.calotype.image.PictureFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where drawn pictures go: one picture file for a grid, one array, or a folder. */
public final class PictureTarget {
    private static final Pattern EXTENSION = Pattern.compile(".+\\.[A-Za-z][A-Za-z0-9]*");
    private static final Pattern ARRAY = Pattern.compile(".+\\.np[yz]");

    private PictureTarget() {}

    /** @throws IllegalArgumentException if it is none of these */
    public static void require(String out) {
        if (out.isBlank())
            throw new IllegalArgumentException("--out must name a picture file, an array or a folder: '" + out + "'");
        if (out.endsWith("/") || out.endsWith("\\") || Files.isDirectory(Path.of(out))) return;
        if (PictureFormat.ofName(out).isPresent()) {
            PictureFormat.of(Path.of(out));
            return;
        }
        Path name = Path.of(out).getFileName();
        if (name == null
                || ARRAY.matcher(name.toString().toLowerCase(Locale.ROOT)).matches()) return;
        if (EXTENSION.matcher(name.toString()).matches())
            throw new IllegalArgumentException(
                    "--out must end in .png, .jpg, .webp or .tif for a grid, in .npz or .npy for an array,"
                            + " or be a folder, which has no extension or a / at its end: " + out);
    }
}
