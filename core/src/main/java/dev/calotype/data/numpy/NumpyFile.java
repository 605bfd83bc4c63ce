package dev.calotype.data.numpy;

import dev.calotype.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes arrays to files as {@code numpy.save} and {@code numpy.savez} do: {@code .npy} for one, {@code .npz} for several with
 * names, not compressed. A file appears whole or not at all.
 */
public final class NumpyFile {
    private static final int BUFFER = 1 << 16;
    private static final LocalDateTime WRITTEN =
            LocalDateTime.of(1980, 1, 1, 0, 0); // so that equal arrays make equal files

    private NumpyFile() {}

    /** Writes an {@code .npy}, over an older file of that name if there is one. */
    public static void write(Path file, ArrayContent array) throws IOException {
        AtomicFile.write(file, channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            array.write(out);
            out.flush();
        });
    }

    /**
     * Writes an {@code .npz}, over an older file of that name if there is one.
     *
     * @param arrays by name, such as {@code arr_0}, written in this order
     */
    public static void write(Path file, Map<String, ArrayContent> arrays) throws IOException {
        AtomicFile.write(file, channel -> write(channel, arrays));
    }

    private static void write(SeekableByteChannel channel, Map<String, ArrayContent> arrays) throws IOException {
        ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel);
        zip.setUseZip64(Zip64Mode.AsNeeded);
        for (Map.Entry<String, ArrayContent> array : arrays.entrySet()) {
            ZipArchiveEntry entry = new ZipArchiveEntry(array.getKey() + ".npy");
            entry.setMethod(ZipArchiveEntry.STORED);
            entry.setSize(array.getValue().bytes());
            entry.setTimeLocal(WRITTEN);
            zip.putArchiveEntry(entry);
            OutputStream buffered = new BufferedOutputStream(zip, BUFFER);
            array.getValue().write(buffered);
            buffered.flush();
            zip.closeArchiveEntry();
        }
        zip.finish();
    }
}
