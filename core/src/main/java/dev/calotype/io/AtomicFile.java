package dev.calotype.io;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file that is there complete or not at all, whenever the power fails: into a temporary file beside it,
 * flushed to the disk, then renamed over the old one.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the content. */
    @FunctionalInterface
    public interface Body {
        void write(FileChannel channel) throws IOException;
    }

    /** Writes a text in UTF-8. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes, also if the thread is interrupted. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Uninterrupted.run(() -> write(file, channel -> writeAll(channel, ByteBuffer.wrap(bytes))));
    }

    /**
     * Writes whatever {@code body} writes.
     *
     * @throws IOException in one sentence with the reason; an older file of that name is then untouched
     */
    public static void write(Path file, Body body) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || Files.isDirectory(target))
            throw new IOException("cannot write " + file + ": it is a folder");
        if (!Files.isDirectory(folder))
            throw new IOException("cannot write " + file + ": there is no folder " + folder);
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                body.write(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            flush(folder);
        } catch (IOException e) {
            String reason = reason(e, folder);
            remove(temporary, e);
            throw new IOException("cannot write " + file + ": " + reason, e);
        } catch (RuntimeException | Error e) {
            remove(temporary, e);
            throw e;
        }
    }

    /** Writes all of {@code bytes}, however many calls that takes. */
    public static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    private static String reason(IOException e, Path folder) {
        if (e instanceof AccessDeniedException) return "the folder " + folder + " does not allow it";
        String message = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        if (message == null) message = e.getClass().getSimpleName();
        long free = folder.toFile().getUsableSpace();
        return message + " (" + free / 1_000_000 + " MB free in " + folder + ")";
    }

    private static void remove(Path temporary, Throwable cause) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Makes the new name itself durable; Windows cannot open a folder and needs no flush. */
    private static void flush(Path folder) throws IOException {
        if (File.separatorChar != '/') return;
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
