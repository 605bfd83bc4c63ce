package dev.calotype.data.store;

import java.util.List;
import java.util.Map;

/**
 * The pictures of a store that are samples.
 *
 * @param store where they lie
 * @param pictures in their order
 * @param borrowed the key of those whose captions and labels are not called as they are
 */
public record StorePictures(FileStore store, List<StoredFile> pictures, Map<StoredFile, String> borrowed) {
    /** All pictures of a store, each with its own name. */
    public static StorePictures all(FileStore store) {
        return new StorePictures(store, store.listing().pictures(), Map.of());
    }

    /** Some of these. */
    public StorePictures with(List<StoredFile> some) {
        return new StorePictures(store, some, borrowed);
    }

    /** The file of this extension beside a picture, or null. */
    public StoredFile beside(StoredFile picture, String extension) {
        if (!store.listing().hasTexts()) return null;
        String key = borrowed.isEmpty() ? null : borrowed.get(picture);
        return store.listing().text((key != null ? key : picture.stem()) + "." + extension);
    }

    /** The file with the caption of a picture, or null. */
    public StoredFile caption(StoredFile picture) {
        StoredFile text = beside(picture, "txt");
        return text != null ? text : beside(picture, "json");
    }
}
