package dev.calotype.data.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The bytes that the values of a page lie in. */
interface Content {
    byte[] copy(int from, int length) throws IOException;

    /** The memory that it takes. */
    long held();

    static Content ofMemory(byte[] bytes) {
        return new Content() {
            @Override
            public byte[] copy(int from, int length) {
                return Arrays.copyOfRange(bytes, from, from + length);
            }

            @Override
            public long held() {
                return bytes.length;
            }
        };
    }

    /** What begins at {@code base} of a file, which is opened whenever something is wanted. */
    static Content ofFile(Path file, long base) {
        return new Content() {
            @Override
            public byte[] copy(int from, int length) throws IOException {
                ByteBuffer bytes = ByteBuffer.allocate(length);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    while (bytes.hasRemaining())
                        if (channel.read(bytes, base + from + bytes.position()) < 0)
                            throw new IOException(file + " has become shorter");
                }
                return bytes.array();
            }

            @Override
            public long held() {
                return 0;
            }
        };
    }
}
