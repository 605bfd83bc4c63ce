package dev.calotype.data.store;

import java.util.Set;

/** What the extension of a file says of a video, before anybody has looked into it. */
final class VideoNames {
    private static final Set<String> READ = Set.of("mp4", "m4v", "mov", "avi", "webm", "mkv");
    private static final Set<String> UNREAD = Set.of(
            "wmv", "asf", "flv", "f4v", "mpg", "mpeg", "m2v", "ts", "mts", "m2ts", "vob", "ogv", "3gp", "3g2", "rm",
            "rmvb", "mxf", "y4m", "divx");
    private static final String REFUSAL =
            "videos that are not read (MP4, MOV, AVI, WebM and MKV are): convert them to MP4";

    private VideoNames() {}

    /** Whether files of this extension, in small letters, are read as videos. */
    static boolean isRead(String extension) {
        return READ.contains(extension);
    }

    /** Why files of this extension, in small letters, are not read although they are videos; null for others. */
    static String refusal(String extension) {
        return UNREAD.contains(extension) ? REFUSAL : null;
    }
}
