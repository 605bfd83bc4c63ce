package dev.calotype.data.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A file for a reader that takes a few bytes at a time: they come out of a window over it. Closing leaves it open. */
final class WindowedChannel implements SeekableByteChannel {
    private static final int WINDOW = 1 << 16;

    private final RandomFile file;
    private byte[] window = {};
    private long windowStart;
    private long position;
    private boolean open = true;

    WindowedChannel(RandomFile file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (position >= file.size()) return -1;
        if (position < windowStart || position >= windowStart + window.length) {
            window = file.read(position, (int) Math.min(WINDOW, file.size() - position));
            windowStart = position;
        }
        int from = (int) (position - windowStart);
        int count = Math.min(target.remaining(), window.length - from);
        target.put(window, from, count);
        position += count;
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }
}
