package dev.calotype.collect;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files of a shard in the order in which they came, on the disk instead of in memory, until all are there. Safe for several threads. */
final class Spool implements Closeable {
    private final FileChannel channel;
    private long end;

    Spool(Path file) throws IOException {
        channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** Where bytes are that were put. */
    record Place(long from, int length) {}

    synchronized Place put(byte[] bytes) throws IOException {
        long from = end;
        for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) end += channel.write(rest, end);
        return new Place(from, bytes.length);
    }

    byte[] take(Place place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(place.length);
        while (bytes.hasRemaining())
            if (channel.read(bytes, place.from + bytes.position()) < 0)
                throw new IOException("the temporary file of a shard was cut short");
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
