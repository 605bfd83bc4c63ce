package dev.calotype.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Collects the files of a store that matter: pictures, and the labels and captions beside them. */
final class Listing {
    private static final Set<String> PICTURES = Set.of("png", "jpg", "jpeg", "jpe", "gif", "bmp", "tif", "tiff");
    private static final Set<String> SIDECARS = Set.of("cls", "txt", "json");
    private static final int MAX_FILES = 1 << 24;
    private static final int MAX_EXTENSIONS = 12;

    private final List<StoredFile> pictures = new ArrayList<>();
    private final Map<String, StoredFile> texts = new HashMap<>();
    private final List<StoredFile> captions = new ArrayList<>();
    private final Map<String, Integer> extensions = new TreeMap<>();
    private boolean sorted;

    /** Whether a file of this name is taken for a picture, before anybody has looked into it. */
    static boolean looksLikePicture(String baseName) {
        return PICTURES.contains(StoredFile.extension(baseName));
    }

    /** Notes one file. Hidden ones, {@code __MACOSX} and what has nothing to do with pictures are passed over. */
    void add(String path, long locator, long size) throws IOException {
        String name = normal(path);
        if (name.isEmpty()) return;
        StoredFile file = new StoredFile(name, locator, size);
        String extension = file.extension();
        if (extensions.size() < MAX_EXTENSIONS || extensions.containsKey(extension))
            extensions.merge(extension, 1, Integer::sum);
        if (PICTURES.contains(extension)) pictures.add(file);
        else if (Captions.isList(file.baseName())) captions.add(file);
        else if (SIDECARS.contains(extension)) texts.put(name, file);
        if (pictures.size() + texts.size() > MAX_FILES)
            throw new IOException("holds more than the " + MAX_FILES + " files that one data set may have");
    }

    /** The pictures, sorted by name. */
    List<StoredFile> pictures() {
        if (!sorted) Collections.sort(pictures);
        sorted = true;
        return Collections.unmodifiableList(pictures);
    }

    /** The files that list captions, sorted by name. */
    List<StoredFile> captions() {
        return captions.stream().sorted().toList();
    }

    /** The file of this extension beside a picture, or null. */
    StoredFile beside(StoredFile picture, String extension) {
        return texts.isEmpty() ? null : texts.get(picture.stem() + "." + extension);
    }

    /** What was seen, for a message: {@code .txt (3), .webp (100)}. */
    String seen() {
        if (extensions.isEmpty()) return "it is empty";
        return extensions.entrySet().stream()
                .map(e -> (e.getKey().isEmpty() ? "no extension" : "." + e.getKey()) + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", ", "it holds ", ""));
    }

    /** The path without empty, {@code .} and {@code ..} parts; empty if it is hidden. */
    private static String normal(String path) {
        if (!path.contains("./") && !path.contains("//") && !path.contains("\\") && !path.startsWith("/"))
            return hidden(path) ? "" : path;
        List<String> parts = new ArrayList<>();
        for (String part : path.replace('\\', '/').split("/"))
            if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) parts.add(part);
        String name = String.join("/", parts);
        return hidden(name) ? "" : name;
    }

    private static boolean hidden(String path) {
        return path.startsWith(".")
                || path.contains("/.")
                || path.startsWith("__MACOSX/")
                || path.contains("/__MACOSX/")
                || path.endsWith("/");
    }
}
