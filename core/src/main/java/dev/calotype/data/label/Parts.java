package dev.calotype.data.label;

import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pictures of one part where folders inside an archive, or below a folder that all share, are parts. */
public final class Parts {
    public static final String ANOTHER = "what belongs to another part: name it to use it, such as DATA:test";
    private static final String NO_PART = "pictures that lie in no part, where others lie in parts such as train";

    private Parts() {}

    /** The pictures of {@code split}; the others are counted. */
    public static List<StorePictures> chosen(String where, Split split, List<StorePictures> stores, LeftOut leftOut)
            throws IOException {
        List<String> names = new ArrayList<>();
        for (StorePictures store : stores) store.pictures().forEach(picture -> names.add(picture.name()));
        TopFolders top = TopFolders.of(names);
        List<String> folders = top.distinct();
        if (split == Split.ANY && !Split.separateNames(folders)) return stores;
        Set<String> chosen = Set.copyOf(split.chooseNames(where, folders));
        List<StorePictures> kept = new ArrayList<>();
        int at = 0;
        for (StorePictures store : stores) {
            List<StoredFile> own = new ArrayList<>();
            for (StoredFile picture : store.pictures()) {
                String folder = top.of()[at++];
                if (folder != null && chosen.contains(folder)) own.add(picture);
                else if (folder != null && Split.of(folder) != null) leftOut.aside(ANOTHER, picture.name());
                else leftOut.add(NO_PART, picture.name());
            }
            kept.add(store.with(own));
        }
        return kept;
    }
}
