package dev.calotype.data;

import dev.calotype.data.numpy.NumpyHeader;
import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.TarHeaders;
import dev.calotype.image.ImageFiles;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/** What a file holds, told by its first bytes; its name decides only where they do not. */
enum FileFormat {
    ZIP("a zip archive"),
    TAR("a tar archive"),
    TAR_GZIP("a gzipped tar archive"),
    TAR_BZIP2("a tar archive compressed with bzip2"),
    NUMPY_ARRAY("an array of NumPy"),
    NUMPY_ARRAYS("arrays of NumPy"),
    IDX_IMAGES("IDX images"),
    IDX_LABELS("IDX labels"),
    CIFAR("a CIFAR binary file"),
    PARQUET("a Parquet table"),
    PICTURE("a single picture"),
    VIDEO("a video"),
    SEVEN_ZIP("a 7z archive, which is not read: unpack it first, or pack it anew as zip"),
    RAR("a RAR archive, which is not read: unpack it first, or pack it anew as zip"),
    XZ("compressed with xz, which is not read: unpack it first (xz -d), a plain tar is read as it is"),
    BZIP2("compressed with bzip2 and no tar archive inside: unpack it first (bunzip2)"),
    ZSTD("compressed with Zstandard, which is not read: unpack it first (zstd -d), a plain tar is read as it is"),
    LMDB("an LMDB environment"),
    LMDB_OF_OTHERS(
            "an LMDB environment of a machine of 32 bits or of the other byte order, which is not read: write it anew with"
                    + " mdb_dump there and mdb_load here"),
    SPLIT_ZIP("a part of a zip archive in several files, which is not read: join them first (zip -s 0)"),
    GZIP_OTHER("compressed with gzip and neither a tar archive nor IDX inside: unpack it first (gunzip)"),
    EMPTY("an empty file"),
    UNKNOWN("of an unknown format");

    private static final int HEAD = 1024;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private final String words;

    FileFormat(String words) {
        this.words = words;
    }

    /** In words, to follow "is". */
    String words() {
        return words;
    }

    /** Whether a file of this kind may hold parts for training and testing. */
    boolean hasParts() {
        return this == ZIP || this == TAR || this == TAR_GZIP || this == TAR_BZIP2 || this == NUMPY_ARRAYS;
    }

    static FileFormat of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        if (head.length == 0) return EMPTY;
        if (begins(head, 'B', 'Z', 'h')) return TarHeaders.recognises(bunzip2(file)) ? TAR_BZIP2 : BZIP2;
        if (!begins(head, GZIP)) return plain(head, file);
        return switch (plain(gunzip(head, file), file)) {
            case TAR -> TAR_GZIP;
            case IDX_IMAGES -> IDX_IMAGES;
            case IDX_LABELS -> IDX_LABELS;
            default -> GZIP_OTHER;
        };
    }

    /** Whether an IDX file is compressed. */
    static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(2), GZIP);
        }
    }

    private static FileFormat plain(byte[] head, Path file) throws IOException {
        if (NumpyHeader.recognises(head)) return NUMPY_ARRAY;
        if (begins(head, 'P', 'K', 3, 4) && firstEntry(head).endsWith(".npy")) return NUMPY_ARRAYS;
        if (begins(head, 'P', 'K', 3, 4) || begins(head, 'P', 'K', 5, 6)) return ZIP;
        if (TarHeaders.recognises(head)) return TAR;
        if (begins(head, 0, 0, 8, 3)) return IDX_IMAGES;
        if (begins(head, 0, 0, 8, 1)) return IDX_LABELS;
        if (ImageFiles.recognises(head)) return PICTURE;
        if (isVideo(head)) return VIDEO;
        FileFormat unread = unread(head);
        if (unread != null) return unread;
        if (isCifar(head, file)) return CIFAR;
        boolean emptyTar = file.toString().endsWith(".tar") && Arrays.equals(head, new byte[head.length]);
        return emptyTar ? TAR : UNKNOWN;
    }

    /** MP4 and MOV, by the boxes that they begin with; AVI; WebM and Matroska. */
    private static boolean isVideo(byte[] head) {
        for (String box : new String[] {"ftyp", "moov", "mdat", "wide"})
            if (isAt(head, 4, box.chars().toArray())) return true;
        return begins(head, 'R', 'I', 'F', 'F') && isAt(head, 8, 'A', 'V', 'I', ' ')
                || begins(head, 0x1A, 0x45, 0xDF, 0xA3);
    }

    /** A container that is known and not read, or null. */
    private static FileFormat unread(byte[] head) {
        if (begins(head, '7', 'z', 0xBC, 0xAF)) return SEVEN_ZIP;
        if (begins(head, 'R', 'a', 'r', '!')) return RAR;
        if (isAt(head, 16, 0xDE, 0xC0, 0xEF, 0xBE)) return LMDB;
        if (isAt(head, 12, 0xDE, 0xC0, 0xEF, 0xBE)
                || isAt(head, 12, 0xBE, 0xEF, 0xC0, 0xDE)
                || isAt(head, 16, 0xBE, 0xEF, 0xC0, 0xDE)) return LMDB_OF_OTHERS;
        if (begins(head, 0xFD, '7', 'z', 'X', 'Z')) return XZ;
        if (begins(head, 0x28, 0xB5, 0x2F, 0xFD)) return ZSTD;
        if (begins(head, 'P', 'A', 'R', '1') || begins(head, 'P', 'A', 'R', 'E')) return PARQUET;
        return begins(head, 'P', 'K', 7, 8) ? SPLIT_ZIP : null;
    }

    /** The format has no signature: whole records, the first of them of a class below ten. */
    private static boolean isCifar(byte[] head, Path file) throws IOException {
        return file.toString().endsWith(".bin")
                && head.length > 1
                && CifarBinary.Form.of(Files.size(file))
                        .filter(form -> form.fits(head))
                        .isPresent();
    }

    /** As much of the content as the compressed beginning of the file yields. */
    private static byte[] gunzip(byte[] head, Path file) throws IOException {
        byte[] content = new byte[HEAD];
        int length = 0;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(head))) {
            for (int count; length < HEAD && (count = in.read(content, length, HEAD - length)) > 0; ) length += count;
        } catch (EOFException endOfHead) {
            return Arrays.copyOf(content, length);
        } catch (IOException e) {
            throw new IOException(file + " is a damaged gzip file (" + FileStore.reason(e) + ")", e);
        }
        return Arrays.copyOf(content, length);
    }

    private static byte[] bunzip2(Path file) throws IOException {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = new BZip2CompressorInputStream(raw)) {
            return in.readNBytes(HEAD);
        } catch (IOException e) {
            throw new IOException(file + " is a damaged bzip2 file (" + FileStore.reason(e) + ")", e);
        }
    }

    /** The name of the first entry of a zip archive. */
    private static String firstEntry(byte[] head) {
        int name = 30;
        if (head.length < name) return "";
        int length = Math.min(head.length - name, head[26] & 0xFF | (head[27] & 0xFF) << 8);
        return new String(head, name, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean begins(byte[] head, int... magic) {
        if (head.length < magic.length) return false;
        for (int i = 0; i < magic.length; i++) if ((head[i] & 0xFF) != magic[i]) return false;
        return true;
    }

    private static boolean isAt(byte[] head, int at, int... magic) {
        return head.length > at && begins(Arrays.copyOfRange(head, at, head.length), magic);
    }

    private static boolean begins(byte[] head, byte[] magic) {
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
