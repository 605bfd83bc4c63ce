package dev.calotype.data.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The links of an archive, hard and symbolic: one that leads to a file of the archive stands for that file. */
final class ArchiveLinks {
    private static final int MAX_LINKS = 1 << 20;
    private static final int MAX_CHAIN = 8;
    private static final String OUTSIDE = "";

    private final Map<String, String> targets = new TreeMap<>();
    private final Set<String> wanted = new HashSet<>();
    private final Map<String, StoredFile> files = new HashMap<>();

    /** The place in the archive that a symbolic link at {@code name} with this text leads to; empty if outside. */
    static String resolved(String name, String text) {
        if (text.startsWith("/")) return OUTSIDE;
        Deque<String> parts = new ArrayDeque<>();
        String folder = Listing.plain(name);
        for (String part : folder.split("/")) parts.addLast(part);
        parts.removeLast();
        for (String part : text.split("/")) {
            if (part.equals("..") && parts.pollLast() == null) return OUTSIDE;
            if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) parts.addLast(part);
        }
        return String.join("/", parts);
    }

    /** Notes that {@code name} stands for what lies at {@code target} in the archive. */
    void add(String name, String target) throws IOException {
        if (targets.size() >= MAX_LINKS)
            throw new IOException("holds more than the " + MAX_LINKS + " links that one archive may have");
        targets.put(Listing.plain(name), Listing.plain(target));
        wanted.add(Listing.plain(target));
    }

    boolean isEmpty() {
        return targets.isEmpty();
    }

    /** Shows a file of the archive, which may be what some link leads to. */
    void offer(StoredFile file) {
        String name = Listing.plain(file.name());
        if (wanted.contains(name)) files.put(name, file);
    }

    /** Lists each link that leads to a file, and counts the others. */
    void resolve(Listing listing) throws IOException {
        for (Map.Entry<String, String> link : targets.entrySet()) {
            String target = link.getValue();
            for (int i = 0; i < MAX_CHAIN && targets.containsKey(target); i++) target = targets.get(target);
            StoredFile file = files.get(target);
            if (file != null) listing.add(link.getKey(), file.locator(), file.size());
            else listing.leave(link.getKey(), "links that lead to no file of the archive");
        }
    }
}
