package dev.calotype.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The right to work in a folder, until it is closed. The operating system takes it back from a process that is killed. */
public final class Claim implements AutoCloseable {
    private final FileChannel channel;

    private Claim(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for whoever has the right. */
    public static Claim await(Path folder) throws IOException {
        FileChannel channel = open(folder);
        channel.lock();
        return new Claim(channel);
    }

    /**
     * Takes the right at once.
     *
     * @param what names the work in {@code folder}, such as "sweep"
     * @throws IOException if another has it
     */
    public static Claim of(Path folder, String what) throws IOException {
        FileChannel channel = open(folder);
        try {
            if (channel.tryLock() != null) return new Claim(channel);
        } catch (OverlappingFileLockException e) {
            // held by this process: the same answer
        }
        channel.close();
        throw new IOException("the " + what + " " + folder + " is being run by another process");
    }

    private static FileChannel open(Path folder) throws IOException {
        return FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
