package dev.calotype.attack;

import dev.calotype.attack.Attacked.Outcome;
import dev.calotype.attack.Attacked.Seed;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Changed files for one reader, the same for the same seed; keeps what must not have happened, once for each kind. */
final class Attack {
    private static final int MOST_FAULTS = 20;

    private final Attacked reader;
    private final long seed;
    private final Map<String, String> faults = new TreeMap<>();
    private int files;
    private int read;
    private long slowest;

    Attack(Attacked reader, long seed) {
        this.reader = reader;
        this.seed = seed;
    }

    /** Attacks with file number {@code i} of the seed, in a folder that is empty before and after. */
    void once(long i, Path folder) throws IOException {
        Mutation mutation = new Mutation(seed * 1_000_003 + i);
        List<Seed> seeds = reader.seeds();
        Seed changed = seeds.get((int) (i % seeds.size()));
        Seed other = seeds.get((int) ((i + 1) % seeds.size()));
        byte[] bytes = mutation.of(changed.bytes(), other.bytes());
        Path own = Files.createDirectory(folder.resolve("attacked"));
        long begin = System.nanoTime();
        Outcome outcome = reader.attack(changed, bytes, own);
        slowest = Math.max(slowest, System.nanoTime() - begin);
        files++;
        if (outcome.read()) read++;
        String fault = outcome.fault().replace(own.toString(), "");
        String kind = fault.replaceAll("[0-9]+", "0");
        if (!fault.isEmpty() && faults.size() < MOST_FAULTS) faults.putIfAbsent(kind, "file " + i + ": " + fault);
        emptied(own);
    }

    /** Deletes a folder with all that is in it. */
    static void emptied(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** What must not have happened. */
    List<String> faults() {
        return List.copyOf(faults.values());
    }

    /** In one line, with the most memory that the process had so far. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%-18s %9d files, %8d of them read, %d faults, slowest %.2f s, memory %.2f GB",
                reader.name(),
                files,
                read,
                faults.size(),
                slowest / 1e9,
                ProcessMemory.peak().orElse(0) / 1e9);
    }
}
