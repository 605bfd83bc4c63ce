package dev.calotype.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A resource of the library for readers that want a file. */
public final class ResourceFile {
    /** What is made of a file. */
    @FunctionalInterface
    public interface Reading<T> {
        T of(Path file) throws IOException;
    }

    private ResourceFile() {}

    /**
     * Reads a resource as a file, which is deleted afterwards.
     *
     * @param owner the class beside which it lies
     * @throws IOException if this build lacks it, or {@code reading} fails
     */
    public static <T> T read(Class<?> owner, String name, Reading<T> reading) throws IOException {
        Path file = Files.createTempFile("calotype-", "-" + name);
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) throw new IOException("this build lacks the resource " + name);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return reading.of(file);
        } finally {
            Files.delete(file);
        }
    }
}
