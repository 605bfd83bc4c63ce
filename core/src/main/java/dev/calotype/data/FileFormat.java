package dev.calotype.data;

import dev.calotype.image.ImageFiles;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** What a file holds, told by its first bytes; its name decides only where they do not. */
enum FileFormat {
    ZIP("a zip archive"),
    TAR("a tar archive"),
    TAR_GZIP("a gzipped tar archive"),
    IDX_IMAGES("IDX images"),
    IDX_LABELS("IDX labels"),
    CIFAR("a CIFAR-10 binary file"),
    PICTURE("a single picture"),
    PACKED("packed by a program whose files are not read here: unpack it first"),
    EMPTY("an empty file"),
    UNKNOWN("of an unknown format");

    private static final int HEAD = 1024;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final byte[][] FOREIGN = {
        {(byte) 0xFD, '7', 'z', 'X', 'Z'},
        {'B', 'Z', 'h'},
        {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD},
        {'7', 'z', (byte) 0xBC, (byte) 0xAF},
        {'R', 'a', 'r', '!'}
    };

    private final String words;

    FileFormat(String words) {
        this.words = words;
    }

    /** In words, to follow "is". */
    String words() {
        return words;
    }

    static FileFormat of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        if (head.length == 0) return EMPTY;
        if (!begins(head, GZIP)) return plain(head, file);
        return switch (plain(gunzip(head, file), file)) {
            case TAR -> TAR_GZIP;
            case IDX_IMAGES -> IDX_IMAGES;
            case IDX_LABELS -> IDX_LABELS;
            default -> UNKNOWN;
        };
    }

    /** Whether an IDX file is compressed. */
    static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(2), GZIP);
        }
    }

    private static FileFormat plain(byte[] head, Path file) throws IOException {
        if (begins(head, 'P', 'K', 3, 4) || begins(head, 'P', 'K', 5, 6)) return ZIP;
        if (TarHeaders.recognises(head)) return TAR;
        if (begins(head, 0, 0, 8, 3)) return IDX_IMAGES;
        if (begins(head, 0, 0, 8, 1)) return IDX_LABELS;
        if (ImageFiles.recognises(head)) return PICTURE;
        for (byte[] magic : FOREIGN) if (begins(head, magic)) return PACKED;
        if (isCifar(head, file)) return CIFAR;
        boolean emptyTar = file.toString().endsWith(".tar") && Arrays.equals(head, new byte[head.length]);
        return emptyTar ? TAR : UNKNOWN;
    }

    /** The format has no signature: whole records, the first of them of a class below ten. */
    private static boolean isCifar(byte[] head, Path file) throws IOException {
        return file.toString().endsWith(".bin")
                && Files.size(file) % CifarBinary.RECORD == 0
                && head.length > 0
                && head[0] >= 0
                && head[0] < CifarBinary.CLASSES;
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
            throw new IOException(file + " is a damaged gzip file (" + e.getMessage() + ")", e);
        }
        return Arrays.copyOf(content, length);
    }

    private static boolean begins(byte[] head, int... magic) {
        if (head.length < magic.length) return false;
        for (int i = 0; i < magic.length; i++) if ((head[i] & 0xFF) != magic[i]) return false;
        return true;
    }

    private static boolean begins(byte[] head, byte[] magic) {
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
