package dev.calotype.data.store;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that many threads read at any position. Interrupting a thread inside a {@link FileChannel} closes the channel
 * for all others; this one is opened again for them.
 */
public final class RandomFile implements Closeable {
    private final Path path;
    private final long size;
    private volatile FileChannel channel;
    private boolean closed;

    public RandomFile(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        size = channel.size();
    }

    /** The size in bytes when it was opened. */
    public long size() {
        return size;
    }

    public Path path() {
        return path;
    }

    /** Reads {@code count} bytes from {@code position} on. */
    public byte[] read(long position, int count) throws IOException {
        if (position < 0 || position + count > size)
            throw new EOFException("bytes " + position + " to " + (position + count) + " lie beyond its " + size);
        byte[] bytes = new byte[count];
        while (true) {
            FileChannel current = channel;
            try {
                fill(current, ByteBuffer.wrap(bytes), position);
                return bytes;
            } catch (ClosedByInterruptException interrupted) {
                throw interrupted;
            } catch (ClosedChannelException byAnotherThread) {
                reopen(current);
            }
        }
    }

    private static void fill(FileChannel channel, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining())
            if (channel.read(target, position + target.position()) < 0)
                throw new EOFException("the file has become shorter");
    }

    private synchronized void reopen(FileChannel dead) throws IOException {
        if (closed) throw new IOException(path + " was closed");
        if (channel == dead) channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
