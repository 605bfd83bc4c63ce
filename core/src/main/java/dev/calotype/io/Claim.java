package dev.calotype.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The right to work in a folder, until it is closed. The operating system takes it back from a process that is killed. Who
 * has it writes the number of its process into the file {@code .lock}, so that others can tell.
 */
public final class Claim implements AutoCloseable {
    private static final long BEYOND = Long.MAX_VALUE - 1; // where no text is, which others may so read
    private static final Set<Path> HELD =
            ConcurrentHashMap.newKeySet(); // to close a second channel would free the first

    private final Path folder;
    private final Path key;
    private final FileChannel channel;

    private Claim(Path folder, Path key, FileChannel channel) {
        this.folder = folder;
        this.key = key;
        this.channel = channel;
    }

    /**
     * Waits for another process that has the right.
     *
     * @param waiting is told who that is, if there is someone
     * @throws IOException if this process has it
     */
    public static Claim await(Path folder, Consumer<String> waiting) throws IOException {
        return take(folder, "work in", channel -> {
            if (channel.tryLock(BEYOND, 1, false) != null) return;
            waiting.accept("waiting for " + process(holder(folder)) + ", which works in " + folder);
            channel.lock(BEYOND, 1, false);
        });
    }

    /**
     * Takes the right at once.
     *
     * @param what names the work in {@code folder}, such as "sweep"
     * @throws IOException if another has it; names its process
     */
    public static Claim of(Path folder, String what) throws IOException {
        return take(folder, what, channel -> {
            if (channel.tryLock(BEYOND, 1, false) == null) throw taken(folder, what, holder(folder));
        });
    }

    /** How a channel is locked. */
    private interface Locking {
        void lock(FileChannel channel) throws IOException;
    }

    private static Claim take(Path folder, String what, Locking locking) throws IOException {
        Path key = folder.toRealPath();
        if (!HELD.add(key))
            throw taken(folder, what, String.valueOf(ProcessHandle.current().pid()));
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locking.lock(channel);
            channel.truncate(0);
            String number = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(number.getBytes(StandardCharsets.US_ASCII)), 0);
            return new Claim(folder, key, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) channel.close();
            HELD.remove(key);
            if (e instanceof OverlappingFileLockException) throw taken(folder, what, ""); // locked by other code here
            throw e;
        }
    }

    private static IOException taken(Path folder, String what, String number) {
        return new IOException("the " + what + " " + folder + " is being run by " + process(number));
    }

    private static String process(String number) {
        return "another process" + (number.matches("\\d+") ? ", number " + number : "");
    }

    /** The number of the process that has the right, or had it last; empty where it cannot be read. */
    public static String holder(Path folder) {
        try {
            return Files.isRegularFile(file(folder)) && Files.size(file(folder)) < 30
                    ? Files.readString(file(folder)).strip()
                    : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static Path file(Path folder) {
        return folder.resolve(".lock");
    }

    /** Where the work is. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(key);
    }
}
