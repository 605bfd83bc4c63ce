package dev.calotype.studio.upload;

import dev.calotype.image.PictureFile;
import dev.calotype.io.AtomicFile;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Pictures that somebody sent, kept for a day. Several threads may use it. */
public final class Uploads {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int ID_BYTES = 16, MOST = 1000;
    private static final long MOST_BYTES = 2_000_000_000;

    private final SecureRandom random = new SecureRandom();
    private final Path folder;
    private final long bytes;

    /** A picture that is kept, and the id that it is asked for by. */
    public record Kept(String id, PictureFile picture) {}

    /**
     * @param folder made if it is not there
     * @param bytes a picture may have
     */
    public Uploads(Path folder, long bytes) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.bytes = bytes;
    }

    /** Bytes that a picture may have. */
    public long mostBytes() {
        return bytes;
    }

    /**
     * Keeps a picture.
     *
     * @throws IOException if it is none that can be read
     * @throws Refusal if there are too many: 507, or it cannot be written: 503
     */
    public Kept add(byte[] content) throws IOException {
        PictureFile picture = PictureFile.decode(content);
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String name = HexFormat.of().formatHex(id);
        try {
            prune();
            AtomicFile.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw Refusal.notKept("the picture", e);
        }
        return new Kept(name, picture);
    }

    private synchronized void prune() throws IOException {
        Instant old = Instant.now().minus(KEPT);
        long count = 0, sum = 0;
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            for (Path file : all) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                    continue;
                }
                count++;
                sum += Files.size(file);
            }
        } catch (NoSuchFileException e) {
            return; // another thread was quicker
        }
        if (count >= MOST || sum >= MOST_BYTES)
            throw new Refusal(507, "uploads_full", "as many pictures were sent today as are kept: try again tomorrow");
    }

    /**
     * The file of a picture.
     *
     * @throws Refusal if there is none: 404
     */
    public Path file(String id) {
        Path file = id.matches("[0-9a-f]{" + 2 * ID_BYTES + "}") ? folder.resolve(id) : null;
        if (file == null || !Files.isRegularFile(file))
            throw new Refusal(404, "not_found", "there is no picture of that id; pictures are kept for a day");
        return file;
    }

    /** The picture. */
    public PictureFile picture(String id) throws IOException {
        return PictureFile.decode(Files.readAllBytes(file(id)));
    }
}
