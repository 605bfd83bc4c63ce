package dev.calotype.data.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Locale;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipMethod;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;

/** How the files of a zip archive are packed: stored, deflated, Deflate64 and bzip2 are read. */
public final class ZipMethods {
    private ZipMethods() {}

    /** Why an entry is not read, or null if it is. */
    public static String whyNot(ZipArchiveEntry entry) {
        if (entry.getGeneralPurposeBit().usesEncryption())
            return "files that are encrypted in the archive: unpack them with their password";
        ZipMethod method = ZipMethod.getMethodByCode(entry.getMethod());
        if (method == null) return unread("a method of the number " + entry.getMethod());
        return switch (method) {
            case STORED, DEFLATED, ENHANCED_DEFLATED, BZIP2 -> null;
            case LZMA, XZ, PPMD -> unread(method.toString());
            case ZSTD, ZSTD_DEPRECATED -> unread("Zstandard");
            default -> unread("the method " + method.toString().toLowerCase(Locale.ROOT));
        };
    }

    private static String unread(String method) {
        return "files compressed with " + method + " in the archive, which is not read: pack it anew with deflate";
    }

    /** The content of an entry of a method that is read. */
    static InputStream unpacking(int method, InputStream packed, long size) throws IOException {
        return switch (ZipMethod.getMethodByCode(method)) {
            case STORED -> packed;
            case DEFLATED -> new Deflated(packed, size);
            case ENHANCED_DEFLATED -> new Deflate64CompressorInputStream(packed);
            case BZIP2 -> new BZip2CompressorInputStream(packed);
            default -> throw new IOException("the method " + method + " is not read");
        };
    }

    /** Deflated bytes without a header; the inflater wants one byte more than there is. */
    private static final class Deflated extends InflaterInputStream {
        private static final int MAX_BUFFER = 1 << 16;

        Deflated(InputStream packed, long size) {
            super(new SequenceInputStream(packed, new ByteArrayInputStream(new byte[1])), new Inflater(true), (int)
                    Math.max(512, Math.min(size, MAX_BUFFER)));
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }
}
