package dev.calotype.data;

import java.util.Map;
import java.util.Set;

/** What the extension of a file says about it, before anybody has looked into it. */
final class PictureNames {
    private static final Set<String> READ =
            Set.of("png", "jpg", "jpeg", "jpe", "jfif", "jif", "jfi", "pjpeg", "pjp", "gif", "bmp", "tif", "tiff");
    private static final Map<String, String> UNREAD = Map.ofEntries(
            Map.entry("webp", "WebP"), Map.entry("avif", "AVIF"), Map.entry("heic", "HEIC"), Map.entry("heif", "HEIC"));

    private PictureNames() {}

    /** Whether files of this extension, in small letters, are read as pictures. */
    static boolean isRead(String extension) {
        return READ.contains(extension);
    }

    /** The kind of picture that files of this extension, in small letters, are, where it is not read; or null. */
    static String unread(String extension) {
        return UNREAD.get(extension);
    }
}
