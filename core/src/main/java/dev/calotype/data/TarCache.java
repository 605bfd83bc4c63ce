package dev.calotype.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compressed tar archives, unpacked once into plain ones, in which every file can be reached at once.
 *
 * @param folder where they are kept, one per archive, until somebody deletes them
 * @param maxRatio how many times its compressed size an archive may grow; small ones (16 MiB) always may
 * @param maxBytes how large an unpacked archive may be
 * @param reserve bytes that are left free on the disk
 */
record TarCache(Path folder, long maxRatio, long maxBytes, long reserve) {
    private static final Logger LOG = LoggerFactory.getLogger(TarCache.class);
    private static final long SMALL = 16L << 20;
    private static final int CHUNK = 1 << 20;

    TarCache(Path folder) {
        this(folder, 200, 1L << 40, 256L << 20);
    }

    /** The plain tar of {@code archive}, from the cache if it is there. */
    Path unpacked(Path archive) throws IOException {
        Path target = folder.resolve(key(archive) + ".tar");
        if (Files.isRegularFile(target)) return target;
        Files.createDirectories(folder);
        LOG.info("unpacking {} once into {}", archive, target);
        Path part = Files.createTempFile(folder, "unpacking-", ".part");
        try {
            unpack(archive, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return target;
        } catch (IOException e) {
            throw new IOException(archive + " could not be unpacked into " + folder + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void unpack(Path archive, Path part) throws IOException {
        long limit = Math.min(maxBytes, Math.max(SMALL, maxRatio * Files.size(archive)));
        byte[] chunk = new byte[CHUNK];
        long written = 0;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16);
                OutputStream out = Files.newOutputStream(part)) {
            for (int count; (count = in.readNBytes(chunk, 0, CHUNK)) > 0; written += count) {
                if (written + count > limit)
                    throw new IOException(
                            "it grows beyond " + limit + " bytes, which no honest archive of pictures does;"
                                    + " unpack it yourself if you trust it");
                requireRoom(count);
                out.write(chunk, 0, count);
            }
        }
    }

    private void requireRoom(int count) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < count + reserve)
            throw new IOException("only " + free + " bytes are free on that disk, and " + reserve
                    + " are left alone: make room, or set CALOTYPE_CACHE to another folder");
    }

    /** A name that changes when the archive does. */
    private static String key(Path archive) throws IOException {
        Path real = archive.toRealPath();
        String identity = real + "\n" + Files.size(real) + "\n"
                + Files.getLastModifiedTime(real).toMillis();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
