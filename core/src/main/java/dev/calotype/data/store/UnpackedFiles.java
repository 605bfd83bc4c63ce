package dev.calotype.data.store;

import dev.calotype.io.FileId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is compressed as a whole, unpacked once, so that every part of it can be reached at once.
 *
 * @param folder where it is kept, one file for each archive or entry, until somebody deletes it
 * @param maxRatio how many times its compressed size an archive may grow; small ones (16 MiB) always may
 * @param maxBytes how large an unpacked archive may be
 * @param reserve bytes that are left free on the disk
 */
public record UnpackedFiles(Path folder, long maxRatio, long maxBytes, long reserve) {
    private static final Logger LOG = LoggerFactory.getLogger(UnpackedFiles.class);
    private static final long SMALL = 16L << 20;
    private static final int CHUNK = 1 << 20;

    public UnpackedFiles(Path folder) {
        this(folder, 200, 1L << 40, 256L << 20);
    }

    /** What {@code archive}, a tar or another file compressed with gzip or bzip2, is in plain, from the cache if it is there. */
    public Path unpacked(Path archive) throws IOException {
        return unpackedWithin(Math.max(SMALL, maxRatio * Files.size(archive)), archive);
    }

    /**
     * The same of an archive that tells how large it is unpacked, however much it grows to that.
     *
     * @throws IOException if it has more than {@code bytes}, or fewer
     */
    public Path unpacked(Path archive, long bytes) throws IOException {
        Path target = unpackedWithin(bytes, archive);
        long has = Files.size(target);
        if (has == bytes) return target;
        Files.delete(target);
        throw new IOException(
                archive + " claims " + bytes + " bytes, but has " + has + ": it is damaged or incomplete");
    }

    private Path unpackedWithin(long limit, Path archive) throws IOException {
        Path target = folder.resolve(key(archive, "") + ".tar");
        if (Files.isRegularFile(target)) return target;
        try (InputStream file = Files.newInputStream(archive);
                InputStream in = plain(new BufferedInputStream(file, 1 << 16))) {
            return unpacked(archive, target, in, limit);
        } catch (IOException e) {
            throw failure(archive, e);
        }
    }

    /** The content of one entry of {@code archive}, which {@code in} unpacks, from the cache if it is there. */
    public Path unpacked(Path archive, String entry, InputStream in) throws IOException {
        Path target = folder.resolve(key(archive, entry) + ".bin");
        if (Files.isRegularFile(target)) return target;
        try {
            return unpacked(archive, target, in, Math.max(SMALL, maxRatio * Files.size(archive)));
        } catch (IOException e) {
            throw failure(archive, e);
        }
    }

    private IOException failure(Path archive, IOException e) {
        return new IOException(archive + " could not be unpacked into " + folder + ": " + FileStore.reason(e), e);
    }

    private static InputStream plain(InputStream in) throws IOException {
        in.mark(2);
        boolean bzip2 = in.read() == 'B' && in.read() == 'Z';
        in.reset();
        return bzip2 ? new BZip2CompressorInputStream(in, true) : new GZIPInputStream(in, 1 << 16);
    }

    private Path unpacked(Path archive, Path target, InputStream in, long limit) throws IOException {
        Files.createDirectories(folder);
        LOG.info("unpacking {} once into {}", archive, target);
        Path part = Files.createTempFile(folder, "unpacking-", ".part");
        try {
            unpack(in, part, Math.min(maxBytes, limit));
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return target;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void unpack(InputStream in, Path part, long limit) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long written = 0;
        try (OutputStream out = Files.newOutputStream(part)) {
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
    private static String key(Path archive, String entry) throws IOException {
        Path real = archive.toRealPath();
        String identity = real + "\n" + Files.size(real) + "\n"
                + Files.getLastModifiedTime(real).toMillis() + (entry.isEmpty() ? "" : "\n" + entry);
        return FileId.sha256(identity.getBytes(StandardCharsets.UTF_8)).substring(0, 24);
    }
}
