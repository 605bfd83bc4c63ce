package dev.calotype.data.label;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Folders that only spread files, by the first digits of their hashes, as LSUN's pictures are unpacked ({@code bedroom/0/a/f/0af...jpg}) and as
 * caches do it: at least two levels of them, each called by one or two hexadecimal digits.
 */
final class HashedFolders {
    private static final Pattern SPREAD = Pattern.compile("(?:[0-9a-fA-F]{1,2}/){2,}[^/]*");

    private HashedFolders() {}

    /** Whether the folders that divide {@code names} are such, all of them. */
    static boolean are(TopFolders top, List<String> names) {
        return names.stream()
                .allMatch(name ->
                        SPREAD.matcher(name.substring(top.shared().length())).matches());
    }
}
