package dev.calotype.data.store;

import dev.calotype.image.PictureKind;
import java.util.HashMap;
import java.util.Map;

/** What the extension of a file says about it, before anybody has looked into it. */
public final class PictureNames {
    private static final Map<String, PictureKind> KINDS = kinds();

    private PictureNames() {}

    private static Map<String, PictureKind> kinds() {
        Map<String, PictureKind> kinds = new HashMap<>();
        for (PictureKind kind : PictureKind.values())
            for (String extension : kind.extensions()) kinds.putIfAbsent(extension, kind);
        return Map.copyOf(kinds);
    }

    /** Whether files of this extension, in small letters, are read as pictures. */
    public static boolean isRead(String extension) {
        PictureKind kind = KINDS.get(extension);
        return kind != null && kind.isRead();
    }

    /** Why files of this extension, in small letters, are not read although they are pictures; null for others. */
    static String refusal(String extension) {
        PictureKind kind = KINDS.get(extension);
        return kind == null || kind.isRead() ? null : kind.refusal();
    }
}
