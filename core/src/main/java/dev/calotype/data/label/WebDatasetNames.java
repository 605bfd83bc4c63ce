package dev.calotype.data.label;

import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.Listing;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pictures of an archive with {@code .cls}, {@code .txt} or {@code .json} files are samples. In a WebDataset the
 * key of a sample ends at the first dot of a name, so that {@code 000.mask.png} belongs to {@code 000.png}. People's
 * names have dots of their own, {@code St. Ives 003.png}: such a picture is a sample by itself if a file beside it
 * shares all but the last extension, or if no sample of a shorter key is there.
 */
public final class WebDatasetNames {
    private static final String BELONGS =
            "pictures that belong to another one of the same WebDataset key, such as masks";
    private static final String CLASH = "pictures of a WebDataset sample that has several, none of them called image:"
            + " name the one to learn from KEY.png";
    private static final Set<String> CHOSEN = Set.of("image", "img");
    private static final List<String> SIDECARS = List.of("cls", "txt", "json");

    private final Listing listing;
    private final Set<String> keys = new HashSet<>();
    private final Map<String, List<StoredFile>> parts = new HashMap<>();
    private final Map<StoredFile, String> borrowed = new HashMap<>();

    private WebDatasetNames(Listing listing) {
        this.listing = listing;
    }

    /** The samples among the pictures of a store; what is passed over is counted in its listing. */
    public static StorePictures of(FileStore store) {
        StorePictures all = StorePictures.all(store);
        boolean plain = all.pictures().stream().noneMatch(WebDatasetNames::isDotted);
        if (!store.listing().hasTexts() || plain) return all;
        WebDatasetNames names = new WebDatasetNames(store.listing());
        return new StorePictures(store, names.samples(all.pictures()), Map.copyOf(names.borrowed));
    }

    private List<StoredFile> samples(List<StoredFile> all) {
        for (StoredFile picture : all) if (!isDotted(picture) || hasText(picture.stem())) keys.add(picture.stem());
        List<StoredFile> own = new ArrayList<>();
        for (StoredFile picture : all) {
            String shorter = isDotted(picture) && !hasText(picture.stem()) ? shorterKey(picture) : null;
            if (shorter == null) own.add(picture);
            else if (keys.contains(shorter)) listing.leftOut().add(BELONGS, picture.name());
            else parts.computeIfAbsent(shorter, k -> new ArrayList<>()).add(picture);
        }
        parts.forEach((key, pictures) -> choose(own, key, pictures));
        own.sort(null);
        return List.copyOf(own);
    }

    private void choose(List<StoredFile> own, String key, List<StoredFile> pictures) {
        List<StoredFile> chosen = pictures.size() == 1
                ? pictures
                : pictures.stream()
                        .filter(p -> CHOSEN.contains(p.stem().substring(key.length() + 1)))
                        .toList();
        if (chosen.size() == 1) {
            own.add(chosen.get(0));
            borrowed.put(chosen.get(0), key);
        }
        for (StoredFile picture : pictures)
            if (chosen.size() != 1 || !picture.equals(chosen.get(0)))
                listing.leftOut().add(chosen.size() == 1 ? BELONGS : CLASH, picture.name());
    }

    /** The longest key before a dot of the name that a picture or a text of its own has, or null. */
    private String shorterKey(StoredFile picture) {
        String key = picture.stem();
        int base = picture.folder().length();
        for (int dot; (dot = key.lastIndexOf('.')) > base; ) {
            key = key.substring(0, dot);
            if (keys.contains(key) || hasText(key)) return key;
        }
        return null;
    }

    private boolean hasText(String key) {
        return SIDECARS.stream().anyMatch(extension -> listing.text(key + "." + extension) != null);
    }

    private static boolean isDotted(StoredFile picture) {
        String base = picture.baseName();
        return base.indexOf('.') != base.lastIndexOf('.');
    }
}
