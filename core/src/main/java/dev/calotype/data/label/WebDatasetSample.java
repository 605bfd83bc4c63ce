package dev.calotype.data.label;

import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.StoredFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The files of one key of a WebDataset, and which of its pictures are samples. People's names have dots of their own,
 * {@code St. Ives 003.png}: such a picture is a sample by itself if a file beside it shares all but the last extension,
 * or if no sample of a shorter key is there.
 */
final class WebDatasetSample {
    private static final String BELONGS =
            "pictures that belong to another one of the same WebDataset key, such as masks";
    private static final String CLASH = "pictures of a WebDataset sample that has several, none of them called image:"
            + " name the one to learn from KEY.png";
    private static final Set<String> CHOSEN = Set.of("image", "img");

    private final List<StoredFile> pictures = new ArrayList<>();
    private final List<StoredFile> texts = new ArrayList<>();
    private final Map<String, List<StoredFile>> textsOf = new HashMap<>();
    private final Set<String> keys = new HashSet<>();

    void picture(StoredFile file) {
        pictures.add(file);
    }

    void text(StoredFile file) {
        texts.add(file);
        textsOf.computeIfAbsent(stem(file), k -> new ArrayList<>(2)).add(file);
    }

    boolean hasPictures() {
        return !pictures.isEmpty();
    }

    /** The captions and labels, in the order of the archive. */
    List<StoredFile> texts() {
        return texts;
    }

    /** The samples, each noted with the captions and labels that are its own; the other pictures are counted. */
    List<StoredFile> chosen(LeftOut leftOut, Map<StoredFile, List<StoredFile>> captions) {
        Map<String, List<StoredFile>> parts = new HashMap<>();
        List<StoredFile> own = new ArrayList<>();
        for (StoredFile picture : pictures)
            if (!isDotted(picture) || textsOf.containsKey(stem(picture))) keys.add(stem(picture));
        for (StoredFile picture : pictures) {
            String stem = stem(picture);
            String shorter = isDotted(picture) && !textsOf.containsKey(stem) ? shorterKey(picture) : null;
            if (shorter == null) take(picture, stem, own, captions);
            else if (keys.contains(shorter)) leftOut.add(BELONGS, picture.name());
            else parts.computeIfAbsent(shorter, k -> new ArrayList<>()).add(picture);
        }
        parts.forEach((key, several) -> choose(own, key, several, leftOut, captions));
        return own;
    }

    private void take(
            StoredFile picture, String stem, List<StoredFile> own, Map<StoredFile, List<StoredFile>> captions) {
        own.add(picture);
        List<StoredFile> its = textsOf.get(stem);
        if (its != null) captions.put(picture, its);
    }

    private void choose(
            List<StoredFile> own,
            String key,
            List<StoredFile> several,
            LeftOut leftOut,
            Map<StoredFile, List<StoredFile>> captions) {
        List<StoredFile> chosen = several.size() == 1
                ? several
                : several.stream()
                        .filter(p -> CHOSEN.contains(stem(p).substring(key.length() + 1)))
                        .toList();
        if (chosen.size() == 1) take(chosen.get(0), key, own, captions);
        for (StoredFile picture : several)
            if (chosen.size() != 1 || !picture.equals(chosen.get(0)))
                leftOut.add(chosen.size() == 1 ? BELONGS : CLASH, picture.name());
    }

    /** The longest key before a dot of the name that a picture or a text of its own has, or null. */
    private String shorterKey(StoredFile picture) {
        String key = stem(picture);
        int base = picture.folder().length();
        for (int dot; (dot = key.lastIndexOf('.')) > base; ) {
            key = key.substring(0, dot);
            if (keys.contains(key) || textsOf.containsKey(key)) return key;
        }
        return null;
    }

    /** The path up to the first dot of the last name. */
    static String key(StoredFile file) {
        int dot = file.name().indexOf('.', file.folder().length() + 1);
        return dot < 0 ? file.name() : file.name().substring(0, dot);
    }

    /** The path without its last extension, the fields in small letters. */
    private static String stem(StoredFile file) {
        String stem = file.stem();
        int key = Math.min(key(file).length(), stem.length());
        return stem.substring(0, key) + stem.substring(key).toLowerCase(Locale.ROOT);
    }

    /** Whether the last name has several dots. */
    static boolean isDotted(StoredFile picture) {
        String base = picture.baseName();
        return base.indexOf('.') != base.lastIndexOf('.');
    }
}
