package dev.calotype.data.label;

import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What is said of pictures, store by store.
 *
 * @param labels their classes
 * @param captions out of lists; empty strings where there are none
 */
public record Annotations(Labels labels, String[] captions) {
    private static final int MAX_LABEL = 1000;

    /**
     * Labels by a rule, and listed captions, of the pictures of some stores; {@code name} is for messages.
     *
     * @throws IOException if labels or captions are not as they should be
     */
    public static Annotations of(String name, List<StorePictures> stores, LabelRule rule, LeftOut leftOut)
            throws IOException {
        List<String> names = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        List<String> written = new ArrayList<>();
        TreeSet<String> sources = new TreeSet<>();
        for (StorePictures store : stores) {
            Lists lists = Lists.of(store.store(), store.pictures(), leftOut);
            if (!lists.labelSource().isEmpty()) sources.add(lists.labelSource());
            for (int i = 0; i < store.pictures().size(); i++) {
                StoredFile picture = store.pictures().get(i);
                names.add(picture.name());
                captions.add(lists.captions()[i] == null ? "" : lists.captions()[i]);
                String label = rule == LabelRule.AUTO ? inFile(store, picture) : null;
                if (label != null) sources.add(".cls files");
                written.add(label != null ? label : lists.labels()[i]);
            }
        }
        try {
            Labels labels = labels(rule, names, written.toArray(String[]::new), sources, leftOut);
            return new Annotations(labels, captions.toArray(String[]::new));
        } catch (IOException e) {
            throw new IOException(name + ": " + Reason.of(e), e);
        }
    }

    private static Labels labels(
            LabelRule rule, List<String> names, String[] written, TreeSet<String> sources, LeftOut leftOut)
            throws IOException {
        boolean any = Arrays.stream(written).anyMatch(Objects::nonNull);
        String source = String.join("; ", sources);
        if (rule != LabelRule.AUTO || sources.isEmpty()) return Labels.byName(rule, names);
        if (!any) return Labels.none(names.size(), source);
        for (int i = 0; i < written.length; i++)
            if (written[i] == null) leftOut.add("pictures without a label, where others have one", names.get(i));
        return Labels.written(written, source);
    }

    private static String inFile(StorePictures store, StoredFile picture) throws IOException {
        StoredFile file = store.beside(picture, "cls");
        if (file == null) return null;
        if (file.size() > MAX_LABEL)
            throw new IOException(store.store().name() + "/" + file.name() + " has " + file.size()
                    + " bytes; a label has at most " + MAX_LABEL);
        return new String(store.store().read(file), StandardCharsets.UTF_8)
                .strip()
                .intern();
    }
}
