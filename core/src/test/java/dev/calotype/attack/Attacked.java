package dev.calotype.attack;

import dev.calotype.io.HeapFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A reader and files that it reads, all of them small and harmless.
 *
 * @param name of the reader
 * @param seeds what is changed, at least one
 * @param reading reads all that there is
 */
record Attacked(String name, List<Seed> seeds, Reading reading) {
    /** How a file is read. */
    interface Reading {
        void read(Path file) throws IOException;
    }

    /**
     * A file.
     *
     * @param beside other files of the same folder and below it, which stay as they are
     */
    record Seed(String file, byte[] bytes, Map<String, byte[]> beside) {
        Seed(String file, byte[] bytes) {
            this(file, bytes, Map.of());
        }
    }

    /** What came of a file. */
    record Outcome(boolean read, Throwable error) {
        /** Why this must not happen; empty if it may. */
        String fault() {
            if (error == null) return "";
            String message = error.getMessage();
            boolean expected = error instanceof IOException
                    || error instanceof IllegalArgumentException
                    || error instanceof HeapFullException;
            if (!expected) return "unexpected " + error;
            if (message == null || message.isBlank()) return "no message: " + error;
            if (message.lines().count() > 1) return "several lines: " + message;
            if (message.contains(" while reading it (exit code ")) return "a decoder crashes: " + message;
            boolean saysWhy = !message.endsWith(": ") || message.contains(" must be "); // an empty value may stand last
            return saysWhy && !message.contains("(null)") ? "" : "no reason: " + message;
        }
    }

    /** Reads a changed file in the place of a seed. */
    Outcome attack(Seed seed, byte[] changed, Path folder) throws IOException {
        for (Map.Entry<String, byte[]> other : seed.beside.entrySet()) {
            Path path = folder.resolve(other.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, other.getValue());
        }
        Path file = Files.write(folder.resolve(seed.file), changed);
        try {
            reading.read(file);
            return new Outcome(true, null);
        } catch (Throwable e) { // whatever it is, it is judged
            return new Outcome(false, e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
