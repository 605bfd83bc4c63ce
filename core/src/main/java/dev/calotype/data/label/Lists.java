package dev.calotype.data.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.ListNames;
import dev.calotype.data.store.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the lists in a store say of its pictures, captions and labels; of several captions or labels of one picture the
 * first counts. An entry is null where nothing is said.
 */
public final class Lists {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NONE = -1;
    private static final char REPLACED = '\uFFFD'; // what a decoder puts where bytes are no text
    private static final int FEWEST_GUESSED = 20;

    /** Captions that are left out. */
    public static final String GARBLED = "captions that are not text in UTF-8";

    private final List<StoredFile> pictures;
    private final LeftOut leftOut;
    private final String[] captions;
    private final String[] labels;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Map<String, Integer> byBaseName = new HashMap<>();
    private Map<String, Integer> byStem;
    private String labelSource = "";

    private Lists(List<StoredFile> pictures, LeftOut leftOut) {
        this.pictures = pictures;
        this.leftOut = leftOut;
        captions = new String[pictures.size()];
        labels = new String[pictures.size()];
    }

    /** The lists beside a folder, given by its real path, that may be about its pictures, the likeliest first. */
    public static List<Path> beside(Path folder) {
        if (folder.getParent() == null) return List.of();
        return names(folder.getFileName().toString()).stream()
                .map(folder::resolveSibling)
                .filter(list -> Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    private static List<String> names(String folder) {
        Split split = Split.of(folder);
        if (split == null) return List.of(folder + ".csv", "labels.csv", "train.csv", "train_labels.csv");
        List<String> names = new ArrayList<>(List.of(folder + ".csv", "labels.csv", "metadata.csv", "metadata.jsonl"));
        for (String word : split.words()) names.addAll(List.of(word + ".csv", word + "_labels.csv"));
        return names;
    }

    /** What the lists of {@code store} say of {@code pictures}; what they leave open is counted. */
    static Lists of(FileStore store, List<StoredFile> pictures, LeftOut leftOut) throws IOException {
        Lists lists = new Lists(pictures, leftOut);
        if (pictures.isEmpty() || store.listing().lists().isEmpty()) return lists;
        lists.index();
        for (StoredFile list : store.listing().lists()) {
            try {
                lists.read(list, store.read(list));
            } catch (IOException e) {
                if (isOutside(list)) continue;
                throw new IOException(store.name() + ", " + list.name() + ": " + FileStore.reason(e), e);
            }
        }
        return lists;
    }

    /** The caption of each picture. */
    String[] captions() {
        return captions;
    }

    /** The label of each picture. */
    String[] labels() {
        return labels;
    }

    /** Where labels were found, or an empty string if no list has any. */
    String labelSource() {
        return labelSource;
    }

    /**
     * The caption in a {@code .txt} or {@code .json} file beside a picture, or the empty string.
     *
     * @throws CharacterCodingException if a {@code .txt} file is not text in UTF-8
     */
    public static String captionIn(StoredFile file, byte[] content) throws IOException {
        if (file.extension().equals("txt")) {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return unmarked(text).strip();
        }
        try {
            return PictureRows.JsonRows.caption(JSON.readTree(content));
        } catch (JsonProcessingException e) {
            throw new IOException(file.name() + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(byte[] content) {
        return unmarked(new String(content, StandardCharsets.UTF_8));
    }

    private static String unmarked(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private void index() {
        for (int i = 0; i < pictures.size(); i++) {
            byName.put(pictures.get(i).name(), i);
            byBaseName.merge(pictures.get(i).baseName(), i, (a, b) -> NONE);
        }
    }

    private void read(StoredFile list, byte[] content) throws IOException {
        PictureRows rows = list.baseName().equalsIgnoreCase(ListNames.STYLE_GAN)
                ? StyleGanLabels.of(content)
                : PictureRows.of(list.baseName(), text(content), name -> find(list.folder(), name) >= 0);
        if (rows == null) {
            if (!isOutside(list))
                leftOut.add("lists that name no pictures, or nothing of them that is read", list.name());
            return;
        }
        if (rows == StyleGanLabels.NO_LABELS) {
            labelSource = "none: " + list.name() + " says that there are none";
            return;
        }
        apply(list, rows);
    }

    private void apply(StoredFile list, PictureRows rows) throws IOException {
        List<PictureRows.Row> known = new ArrayList<>();
        List<Integer> of = new ArrayList<>();
        LeftOut unknown = new LeftOut();
        for (PictureRows.Row row; (row = rows.next()) != null; ) {
            int picture = find(list.folder(), row.file());
            if (picture < 0) unknown.add("rows of " + list.name() + " about pictures that are not there", row.file());
            else {
                known.add(row);
                of.add(picture);
            }
        }
        if (isOutside(list) && 2 * known.size() < pictures.size()) return;
        if (known.isEmpty() && ListNames.isOfCaptions(list.baseName()))
            throw new IOException("names none of the " + pictures.size() + " pictures");
        leftOut.addAll(unknown);
        boolean classes = areClasses(rows, known);
        if (!classes) leftOut.add("columns of a list that are no classes: every value is another", list.name());
        for (int i = 0; i < known.size(); i++) {
            String caption = known.get(i).caption();
            String label = known.get(i).label();
            if (caption.indexOf(REPLACED) >= 0) leftOut.add(GARBLED, list.name());
            else if (captions[of.get(i)] == null && !caption.isEmpty()) captions[of.get(i)] = caption;
            if (!classes || label.isEmpty()) continue;
            if (labels[of.get(i)] == null) labels[of.get(i)] = label.intern();
            if (labelSource.isEmpty())
                labelSource = list.name() + (rows.labels().isEmpty() ? "" : ", " + rows.labels());
        }
    }

    /** A column that is only guessed to hold labels does not if no value comes twice. */
    private static boolean areClasses(PictureRows rows, List<PictureRows.Row> known) {
        if (!rows.areLabelsGuessed() || known.size() < FEWEST_GUESSED) return true;
        return known.stream().map(PictureRows.Row::label).distinct().count() < known.size();
    }

    private static boolean isOutside(StoredFile list) {
        return list.name().startsWith("../");
    }

    /** By path beside the list, by path from the root, or by a name, with or without extension, of one picture alone. */
    private int find(String folder, String file) {
        String name = file.startsWith("./") ? file.substring(2) : file;
        Integer found = byName.get(folder + name);
        if (found == null) found = byName.get(name);
        String base = name.substring(name.lastIndexOf('/') + 1);
        if (found == null) found = byBaseName.get(base);
        if (found == null) found = stems().get(base);
        return found == null ? NONE : found;
    }

    private Map<String, Integer> stems() {
        if (byStem != null) return byStem;
        byStem = new HashMap<>();
        for (int i = 0; i < pictures.size(); i++) {
            String stem =
                    pictures.get(i).stem().substring(pictures.get(i).folder().length());
            byStem.merge(stem, i, (a, b) -> NONE);
        }
        return byStem;
    }
}
