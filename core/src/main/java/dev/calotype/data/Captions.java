package dev.calotype.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The captions of the pictures of one store; of several captions for one picture the first counts. */
final class Captions {
    private static final Logger LOG = LoggerFactory.getLogger(Captions.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> LISTS =
            Set.of("captions.jsonl", "metadata.jsonl", "captions.csv", "metadata.csv", "captions.txt");
    private static final List<String> FILE_FIELDS = List.of("file_name", "file", "image");
    private static final List<String> TEXT_FIELDS = List.of("text", "caption", "captions");
    private static final int AMBIGUOUS = -1;

    private final List<StoredFile> pictures;
    private final String[] captions;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Map<String, Integer> byBaseName = new HashMap<>();

    private Captions(List<StoredFile> pictures) {
        this.pictures = pictures;
        captions = new String[pictures.size()];
    }

    /** Whether a file of this name lists the captions of others. */
    static boolean isList(String baseName) {
        String lower = baseName.toLowerCase(Locale.ROOT);
        return LISTS.contains(lower) || lower.endsWith(".token.txt");
    }

    /** The caption of each picture out of the caption lists of {@code store}; null where they have none. */
    static String[] listed(FileStore store, List<StoredFile> pictures) throws IOException {
        Captions captions = new Captions(pictures);
        List<StoredFile> lists = store.listing().captions();
        if (!lists.isEmpty()) captions.index();
        for (StoredFile list : lists) {
            try {
                captions.read(list, text(store.read(list)));
            } catch (IOException e) {
                throw new IOException(store.name() + ", " + list.name() + ": " + e.getMessage(), e);
            }
        }
        return captions.captions;
    }

    /** The caption in a {@code .txt} or {@code .json} file beside a picture, or the empty string. */
    static String beside(StoredFile file, byte[] content) throws IOException {
        if (file.extension().equals("txt")) return text(content).strip();
        try {
            return caption(JSON.readTree(content));
        } catch (JsonProcessingException e) {
            throw new IOException(file.name() + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String caption(JsonNode node) {
        for (String field : TEXT_FIELDS) {
            JsonNode value = node.path(field);
            if (value.isArray()) value = value.path(0);
            if (value.isTextual()) return value.textValue().strip();
        }
        return "";
    }

    private void index() {
        for (int i = 0; i < pictures.size(); i++) {
            byName.put(pictures.get(i).name(), i);
            byBaseName.merge(pictures.get(i).baseName(), i, (a, b) -> AMBIGUOUS);
        }
    }

    private void read(StoredFile list, String text) throws IOException {
        int known = 0;
        int unknown = 0;
        CaptionRows rows = rows(list, text);
        for (String[] row; (row = rows.next()) != null; ) {
            int picture = find(list.folder(), row[0]);
            if (picture < 0) unknown++;
            else {
                known++;
                if (captions[picture] == null && !row[1].isEmpty()) captions[picture] = row[1];
            }
        }
        if (known == 0) throw new IOException("names none of the " + pictures.size() + " pictures");
        if (unknown > 0) LOG.warn("{}: {} of its lines are about pictures that are not there", list.name(), unknown);
    }

    /** By path beside the list, by path from the root, or by a name that only one picture has. */
    private int find(String folder, String file) {
        String name = file.startsWith("./") ? file.substring(2) : file;
        Integer found = byName.get(folder + name);
        if (found == null) found = byName.get(name);
        if (found == null) found = byBaseName.get(name.substring(name.lastIndexOf('/') + 1));
        return found == null ? AMBIGUOUS : found;
    }

    /** Rows of file name and caption; null at the end. */
    private interface CaptionRows {
        String[] next() throws IOException;
    }

    private static CaptionRows rows(StoredFile list, String text) throws IOException {
        String name = list.baseName().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) return jsonLines(text);
        return name.endsWith(".token.txt") ? tokens(text) : table(text);
    }

    private static CaptionRows jsonLines(String text) {
        var lines = text.lines().iterator();
        int[] line = {0};
        return () -> {
            while (lines.hasNext()) {
                String next = lines.next();
                line[0]++;
                if (next.isBlank()) continue;
                try {
                    JsonNode node = JSON.readTree(next);
                    for (String field : FILE_FIELDS)
                        if (node.path(field).isTextual())
                            return new String[] {node.path(field).textValue(), caption(node)};
                } catch (JsonProcessingException e) {
                    throw new IOException("line " + line[0] + " is not JSON: " + e.getOriginalMessage(), e);
                }
                throw new IOException("line " + line[0] + " has none of the fields " + FILE_FIELDS);
            }
            return null;
        };
    }

    /** Flickr8k's own: {@code name.jpg#0<TAB>caption}. */
    private static CaptionRows tokens(String text) {
        var lines = text.lines().iterator();
        return () -> {
            while (lines.hasNext()) {
                String line = lines.next();
                int tab = line.indexOf('\t');
                int hash = line.lastIndexOf('#', tab);
                if (hash > 0)
                    return new String[] {
                        line.substring(0, hash), line.substring(tab + 1).strip()
                    };
            }
            return null;
        };
    }

    private static CaptionRows table(String text) throws IOException {
        Csv csv = new Csv(text);
        List<String> header = csv.next();
        int file = column(header, FILE_FIELDS);
        int caption = column(header, TEXT_FIELDS);
        return () -> {
            int line = csv.line();
            List<String> row = csv.next();
            if (row == null) return null;
            if (row.size() <= Math.max(file, caption))
                throw new IOException("line " + line + " has " + row.size() + " fields instead of " + header.size());
            return new String[] {row.get(file).strip(), row.get(caption).strip()};
        };
    }

    private static int column(List<String> header, List<String> names) throws IOException {
        if (header != null)
            for (int i = 0; i < header.size(); i++)
                if (names.contains(header.get(i).strip().toLowerCase(Locale.ROOT))) return i;
        throw new IOException("its first line must name the columns, one of them one of " + names);
    }
}
