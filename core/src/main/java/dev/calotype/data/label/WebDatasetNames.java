package dev.calotype.data.label;

import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.Listing;
import dev.calotype.data.store.Neighbours;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which pictures of an archive with {@code .cls}, {@code .txt} or {@code .json} files are samples. In a WebDataset the
 * files of a sample stand together ({@link Neighbours}) and share their key, which ends at the first dot of a name, so
 * that {@code 000.mask.png} belongs to {@code 000.png}; {@link WebDatasetSample} says what is made of names with dots of
 * their own. In a zip archive, which has no order, a key is one sample wherever its files stand.
 */
public final class WebDatasetNames {
    private static final String META = "pictures that WebDataset keeps for itself (__NAME__/)";
    private static final String APART =
            "captions and labels that do not stand next to their picture in the tar archive,"
                    + " where WebDataset takes them for another sample: sort it by name";
    private static final String SEVERAL = "WebDataset keys of pictures, which end at the first dot of a name: several"
            + " pictures share one, and each is taken as a sample of its own";

    private final Listing listing;
    private final Map<Key, WebDatasetSample> samples = new LinkedHashMap<>();
    private final Map<StoredFile, List<StoredFile>> texts = new HashMap<>();

    private record Key(int run, String name) {}

    private WebDatasetNames(Listing listing) {
        this.listing = listing;
    }

    /**
     * The samples among the pictures of a store; what is passed over is counted in its listing.
     *
     * @throws IOException if a sample of a tar archive has a field twice
     */
    public static StorePictures of(FileStore store) throws IOException {
        Listing listing = store.listing();
        StorePictures all = StorePictures.all(store);
        WebDatasetNames names = new WebDatasetNames(listing);
        if (!listing.hasTexts()) {
            if (listing.neighbours() != null) names.countPlain(all.pictures());
            return all;
        }
        boolean plain = all.pictures().stream().noneMatch(WebDatasetSample::isDotted);
        if (listing.neighbours() == null && plain) return all;
        if (listing.neighbours() != null && listing.neighbours().twice() != null)
            throw new IOException(store.name() + ": " + listing.neighbours().twice());
        return new StorePictures(store, names.samples(all.pictures()), names.texts);
    }

    private List<StoredFile> samples(List<StoredFile> pictures) {
        for (StoredFile picture : pictures)
            if (listing.neighbours() != null && Neighbours.isMeta(picture.name()))
                listing.leftOut().add(META, picture.name());
            else sample(picture).picture(picture);
        for (StoredFile text : listing.texts()) sample(text).text(text);
        List<StoredFile> own = new ArrayList<>();
        for (WebDatasetSample sample : samples.values()) {
            List<StoredFile> chosen = sample.chosen(listing.leftOut(), texts);
            own.addAll(chosen);
            if (chosen.size() > 1)
                listing.leftOut().add(SEVERAL, chosen.size(), chosen.get(0).name());
            if (!sample.hasPictures())
                for (StoredFile text : sample.texts())
                    if (listing.hasPictureOf(text)) listing.leftOut().add(APART, text.name());
        }
        own.sort(null);
        return List.copyOf(own);
    }

    private WebDatasetSample sample(StoredFile file) {
        Key key = new Key(listing.run(file), WebDatasetSample.key(file));
        return samples.computeIfAbsent(key, k -> new WebDatasetSample());
    }

    /** Without captions and labels nothing says that an archive is a WebDataset: it is told to who asks. */
    private void countPlain(List<StoredFile> pictures) {
        Map<Key, StoredFile> first = new HashMap<>();
        for (StoredFile picture : pictures) {
            StoredFile other = first.putIfAbsent(new Key(listing.run(picture), WebDatasetSample.key(picture)), picture);
            if (other != null) listing.leftOut().aside(SEVERAL, picture.name());
        }
    }
}
