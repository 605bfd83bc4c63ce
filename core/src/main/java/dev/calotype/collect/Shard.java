package dev.calotype.collect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.calotype.data.parquet.ParquetTable;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.JsonFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The files of one shard, named and filled as img2dataset does: {@code 00000.tar} of {@code KEY.jpg}, {@code KEY.txt} and {@code KEY.json}, {@code 00000.parquet}
 * with what became of every row, and {@code 00000_stats.json}, which is written last: where it is, the shard is whole.
 */
final class Shard {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, null))
            .build();
    private static final int SHARD_DIGITS = 5;

    private final Path folder;
    private final String name;
    private final int digits;

    Shard(Path folder, int number, int perShard) {
        this.folder = folder;
        name = padded(number, SHARD_DIGITS);
        digits = Math.max(1, String.valueOf(perShard - 1).length());
    }

    private static String padded(int number, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "d", number);
    }

    String name() {
        return name;
    }

    /** The name of the files of a row. */
    String key(int index) {
        return name + padded(index, digits);
    }

    Path table() {
        return folder.resolve(name + ".parquet");
    }

    Path statistics() {
        return folder.resolve(name + "_stats.json");
    }

    /** Where what comes is kept meanwhile. */
    Path spool() {
        return folder.resolve("." + name + ".spool");
    }

    boolean isWhole() {
        return Files.isRegularFile(statistics());
    }

    /** Takes a stored picture out of where it is kept. */
    interface Kept {
        byte[] of(int index) throws IOException;
    }

    /**
     * Writes the shard.
     *
     * @param outcomes of its rows in their order
     * @param endings of the pictures of those that succeeded
     * @param pictures of them too
     * @param causes how many rows failed, by cause
     * @param seconds that it took
     */
    void write(List<Outcome> outcomes, List<String> endings, Kept pictures, Map<Cause, Integer> causes, double seconds)
            throws IOException {
        int successes = (int) outcomes.stream().filter(Outcome::isSuccess).count();
        Statistics statistics = new Statistics(outcomes.size(), successes, causes, seconds);
        AtomicFile.write(folder.resolve(name + ".tar"), channel -> {
            OutputStream buffered = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            TarArchiveOutputStream tar = new TarArchiveOutputStream(buffered, StandardCharsets.UTF_8.name());
            for (int i = 0; i < outcomes.size(); i++) {
                Outcome outcome = outcomes.get(i);
                if (!outcome.isSuccess()) continue;
                add(tar, outcome.key() + "." + endings.get(i), pictures.of(i));
                add(tar, outcome.key() + ".txt", outcome.caption().getBytes(StandardCharsets.UTF_8));
                add(tar, outcome.key() + ".json", JSON.writeValueAsBytes(outcome));
            }
            tar.finish();
            buffered.flush();
        });
        AtomicFile.write(table(), table(outcomes));
        AtomicFile.write(statistics(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(statistics.tree()));
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private static byte[] table(List<Outcome> outcomes) {
        return new ParquetTable(outcomes.size())
                .texts("url", column(outcomes, Outcome::url))
                .texts("key", column(outcomes, Outcome::key))
                .texts("status", column(outcomes, Outcome::status))
                .texts("error_message", column(outcomes, Outcome::errorMessage))
                .texts("caption", column(outcomes, Outcome::caption))
                .numbers("width", column(outcomes, Outcome::width))
                .numbers("height", column(outcomes, Outcome::height))
                .numbers("original_width", column(outcomes, Outcome::originalWidth))
                .numbers("original_height", column(outcomes, Outcome::originalHeight))
                .texts("sha256", column(outcomes, Outcome::sha256))
                .texts("phash", column(outcomes, Outcome::phash))
                .bytes();
    }

    private static <T> List<T> column(List<Outcome> outcomes, Function<Outcome, T> of) {
        return outcomes.stream().map(of).collect(ArrayList::new, List::add, List::addAll);
    }

    /**
     * How a shard went.
     *
     * @param causes how many rows failed, by cause
     */
    record Statistics(int rows, int pictures, Map<Cause, Integer> causes, double seconds) {
        Statistics {
            causes = new TreeMap<>(causes);
        }

        private Map<String, Object> tree() {
            int download = causes.entrySet().stream()
                    .filter(entry -> !entry.getKey().isOfThePicture())
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            Map<String, Integer> words = new LinkedHashMap<>();
            words.put(Outcome.SUCCESS, pictures);
            causes.forEach((cause, count) -> words.put(cause.toString(), count));
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("count", rows);
            tree.put("successes", pictures);
            tree.put("failed_to_download", download);
            tree.put("failed_to_resize", rows - pictures - download);
            tree.put("duration", seconds);
            tree.put("status_dict", words);
            return tree;
        }

        /** What was written beside a shard that is whole. */
        static Statistics read(Path file) throws IOException {
            JsonNode tree = JsonFile.object(JSON, file, 1 << 20);
            Map<Cause, Integer> causes = new TreeMap<>();
            for (Cause cause : Cause.values()) {
                int count = tree.path("status_dict").path(cause.toString()).asInt(0);
                if (count > 0) causes.put(cause, count);
            }
            return new Statistics(
                    tree.path("count").asInt(),
                    tree.path("successes").asInt(),
                    causes,
                    tree.path("duration").asDouble());
        }
    }
}
