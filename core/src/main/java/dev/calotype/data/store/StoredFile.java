package dev.calotype.data.store;

/**
 * One file of a {@link FileStore}.
 *
 * @param name its path in the store, with {@code /} between folders and without {@code .} and {@code ..}
 * @param locator what the store finds it by
 * @param size in bytes, as the store claims it
 */
public record StoredFile(String name, long locator, long size) implements Comparable<StoredFile> {
    /** The path without its last extension: what a picture shares with the files beside it. */
    public String stem() {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') ? name.substring(0, dot) : name;
    }

    /** The name without folders. */
    public String baseName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** The folder's path with a {@code /} behind it, or the empty string. */
    public String folder() {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** The last extension in lower case, or the empty string. */
    public String extension() {
        return extension(baseName());
    }

    /** The last extension of a file's name in lower case, or the empty string. */
    public static String extension(String baseName) {
        int dot = baseName.lastIndexOf('.');
        return dot < 0 ? "" : baseName.substring(dot + 1).toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public int compareTo(StoredFile other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : Long.compare(locator, other.locator);
    }
}
