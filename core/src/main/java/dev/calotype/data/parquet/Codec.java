package dev.calotype.data.parquet;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/** How pages are compressed, in the order of their numbers. */
enum Codec {
    UNCOMPRESSED(null),
    SNAPPY(SnappyDecompressor::new),
    GZIP(null),
    LZO(null),
    BROTLI(null),
    LZ4(null),
    ZSTD(ZstdDecompressor::new),
    LZ4_RAW(Lz4Decompressor::new);
    private static final long MOST = 1 << 29, FREE = 1 << 20, RATIO = 1024;

    private final Supplier<Decompressor> decompressor;

    Codec(Supplier<Decompressor> decompressor) {
        this.decompressor = decompressor;
    }

    /** The codec of a number, unless it is one that is not read. */
    static Codec of(int number) throws IOException {
        String read =
                "; read are uncompressed, snappy, gzip, zstd and lz4_raw: write it again with compression=\"zstd\"";
        if (number < 0 || number >= values().length)
            throw new IOException("it is compressed by a codec of the unknown number " + number + read);
        Codec codec = values()[number];
        if (codec.decompressor == null && codec != UNCOMPRESSED && codec != GZIP)
            throw new IOException("it is compressed by " + codec + read);
        return codec;
    }

    /** The {@code length} bytes that a part of a page holds. */
    byte[] expand(byte[] packed, int from, int length) throws IOException {
        int count = packed.length - from;
        if (length < 0 || length > MOST || length > FREE + RATIO * count)
            throw new IOException("a page of it claims " + length + " bytes in " + count + " compressed ones");
        if (this == UNCOMPRESSED && from == 0 && length == count) return packed;
        byte[] content = new byte[length];
        int found = this == UNCOMPRESSED ? copy(packed, from, content) : unpack(packed, from, content);
        if (found != length) throw new IOException("a page of it has " + found + " bytes instead of " + length);
        return content;
    }

    private static int copy(byte[] packed, int from, byte[] content) {
        System.arraycopy(packed, from, content, 0, Math.min(content.length, packed.length - from));
        return packed.length - from;
    }

    private int unpack(byte[] packed, int from, byte[] content) throws IOException {
        int count = packed.length - from;
        if (content.length == 0 && count == 0) return 0;
        try (InputStream in =
                this == GZIP ? new GZIPInputStream(new ByteArrayInputStream(packed, from, count)) : null) {
            if (in == null) return decompressor.get().decompress(packed, from, count, content, 0, content.length);
            int found = in.readNBytes(content, 0, content.length);
            return in.read() < 0 ? found : found + 1;
        } catch (IOException | RuntimeException e) {
            throw new IOException("a page of it is damaged: " + this + " cannot unpack it", e);
        }
    }
}
