package dev.calotype.data.label;

import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Folders that only keep folders small, as FFHQ ({@code 00000 ... 69000}) and StyleGAN's data sets ({@code
 * 00000/img00000000.png}) have them. They are called by numbers of one width, at least three digits, and the numbers of
 * the files go on from folder to folder. In folders that are classes, {@code 0 ... 9} or {@code 00000 ... 00042}, each
 * begins anew or the files have other names.
 */
final class NumberedChunks {
    private static final int LEAST_WIDTH = 3;
    private static final Pattern NUMBERED = Pattern.compile("(?:img|image|frame|seed)?[-_]?(\\d{1,18})\\.[^.]+");

    /** The least and the greatest number of the files in one folder. */
    private record Span(long first, long last) {
        Span and(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private NumberedChunks() {}

    /** Whether all folders of {@code top} are such chunks. */
    static boolean are(TopFolders top, List<String> names) {
        TreeMap<String, Span> spans = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            String folder = top.of()[i];
            if (folder == null || !isNumber(folder) || folder.length() != top.of()[0].length()) return false;
            String base = names.get(i).substring(names.get(i).lastIndexOf('/') + 1);
            Matcher number = NUMBERED.matcher(base);
            if (!number.matches()) return false;
            long n = Long.parseLong(number.group(1));
            spans.merge(folder, new Span(n, n), Span::and);
        }
        long before = -1;
        for (Span span : spans.values()) {
            if (span.first <= before) return false;
            before = span.last;
        }
        return true;
    }

    private static boolean isNumber(String folder) {
        return folder.length() >= LEAST_WIDTH && folder.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
