package dev.calotype.data.store;

import java.util.List;
import java.util.Map;

/**
 * The pictures of a store that are samples.
 *
 * @param store where they lie
 * @param pictures in their order
 * @param texts the captions and labels of each picture that has any; null where those of its own name beside it are
 */
public record StorePictures(FileStore store, List<StoredFile> pictures, Map<StoredFile, List<StoredFile>> texts) {
    /** All pictures of a store, each with its own name. */
    public static StorePictures all(FileStore store) {
        return new StorePictures(store, store.listing().pictures(), null);
    }

    /** Some of these. */
    public StorePictures with(List<StoredFile> some) {
        return new StorePictures(store, some, texts);
    }

    /** The file of this extension, in small letters, that belongs to a picture, or null. */
    public StoredFile beside(StoredFile picture, String extension) {
        if (!store.listing().hasTexts()) return null;
        if (texts == null) return store.listing().text(picture.stem() + "." + extension);
        for (StoredFile text : texts.getOrDefault(picture, List.of()))
            if (text.extension().equals(extension)) return text;
        return null;
    }

    /** The file with the caption of a picture, or null. */
    public StoredFile caption(StoredFile picture) {
        StoredFile text = beside(picture, "txt");
        return text != null ? text : beside(picture, "json");
    }
}
