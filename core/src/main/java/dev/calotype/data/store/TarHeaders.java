package dev.calotype.data.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * The headers of a tar archive, one after the other, hopping over the content. GNU long names and pax paths and sizes
 * are understood (POSIX.1-2001 "pax Interchange Format"). Only regular files have content.
 */
public final class TarHeaders {
    /** Receives what an archive holds. */
    @FunctionalInterface
    interface Visitor {
        /** One regular file, whose locator is the position of its first byte. */
        void file(StoredFile entry) throws IOException;

        /** A folder by its path. */
        default void folder(String name) {}

        /** A hard or symbolic link to a path in the archive; the path is empty if it lies outside. */
        default void link(String name, String target) throws IOException {}

        /** A device, a pipe, or an entry of some vendor's own. */
        default void other(String name) {}
    }

    private static final int BLOCK = 512;
    private static final int WINDOW = 1 << 16;
    private static final int MAX_EXTENSION_BYTES = 1 << 20;
    private static final ZipEncoding UTF_8 = ZipEncodingHelper.getZipEncoding("UTF-8");
    private static final ZipEncoding LATIN_1 = ZipEncodingHelper.getZipEncoding("ISO-8859-1");

    private final RandomFile file;
    private byte[] window = {};
    private long windowStart;
    private String longName;
    private String longLink;
    private long longSize = -1;

    TarHeaders(RandomFile file) {
        this.file = file;
    }

    /** Visits the entries in the order of the archive. */
    void forEach(Visitor visitor) throws IOException {
        long files = 0;
        for (long at = 0; at < file.size(); ) {
            if (at + BLOCK > file.size()) throw truncated(files);
            byte[] header = block(at);
            if (isZero(header)) break;
            TarArchiveEntry entry = parse(header, at);
            long start = at + BLOCK;
            long size = !hasContent(entry) ? 0 : longSize >= 0 ? longSize : entry.getSize();
            if (size < 0 || size > file.size() - start) throw truncated(files);
            if (isExtension(entry)) extend(entry, start, size);
            else {
                if (visit(entry, start, size, visitor)) files++;
                longName = null;
                longLink = null;
                longSize = -1;
            }
            at = start + (size + BLOCK - 1) / BLOCK * BLOCK;
            if (at > file.size()) throw truncated(files - 1);
        }
    }

    /** Hands one entry on; answers whether it is a file. */
    private boolean visit(TarArchiveEntry entry, long start, long size, Visitor visitor) throws IOException {
        String name = longName != null ? longName : entry.getName();
        String link = longLink != null ? longLink : entry.getLinkName();
        if (isRegular(entry)) visitor.file(new StoredFile(name, start, size));
        else if (name.endsWith("/") || entry.getLinkFlag() == TarConstants.LF_DIR) visitor.folder(name);
        else if (entry.getLinkFlag() == TarConstants.LF_LINK) visitor.link(name, link);
        else if (entry.isSymbolicLink()) visitor.link(name, ArchiveLinks.resolved(name, link));
        else if (!entry.isGlobalPaxHeader()) visitor.other(name);
        return isRegular(entry);
    }

    /** Whether these first bytes of a file are a tar header. */
    public static boolean recognises(byte[] head) {
        try {
            return head.length >= BLOCK && TarUtils.verifyCheckSum(Arrays.copyOf(head, BLOCK));
        } catch (IllegalArgumentException noNumber) {
            return false;
        }
    }

    private static IOException truncated(long files) {
        return new IOException("the tar archive ends in the middle of an entry, after " + files
                + " whole files: it is incomplete, get it again");
    }

    private static boolean isZero(byte[] header) {
        for (byte b : header) if (b != 0) return false;
        return true;
    }

    private static boolean isRegular(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        boolean file =
                type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM || type == TarConstants.LF_CONTIG;
        return file && !entry.getName().endsWith("/");
    }

    /** Links, devices, folders and pipes have none, whatever size they note. */
    private static boolean hasContent(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        return type < TarConstants.LF_LINK || type > TarConstants.LF_FIFO;
    }

    private static boolean isExtension(TarArchiveEntry entry) {
        return entry.isGNULongNameEntry() || entry.isGNULongLinkEntry() || entry.isPaxHeader();
    }

    private static TarArchiveEntry parse(byte[] header, long at) throws IOException {
        TarArchiveEntry entry;
        try {
            entry = new TarArchiveEntry(header, UTF_8, true);
        } catch (IOException | IllegalArgumentException notUtf8) {
            try {
                entry = new TarArchiveEntry(header, LATIN_1, true);
            } catch (IllegalArgumentException e) {
                throw new IOException("damaged tar header at byte " + at, e);
            }
        }
        if (!entry.isCheckSumOK()) throw new IOException("damaged tar header at byte " + at);
        if (entry.isGNUSparse()) throw new IOException("sparse tar entries are not read: " + entry.getName());
        return entry;
    }

    /** Takes a longer name, a longer name of a link, or a larger size for the next entry. */
    private void extend(TarArchiveEntry entry, long start, long size) throws IOException {
        if (size > MAX_EXTENSION_BYTES)
            throw new IOException("a tar header of " + size + " bytes; at most " + MAX_EXTENSION_BYTES + " are read");
        byte[] bytes = file.read(start, (int) size);
        if (entry.isPaxHeader()) readPax(bytes);
        else if (entry.isGNULongNameEntry()) longName = untilZero(bytes);
        else longLink = untilZero(bytes);
    }

    private static String untilZero(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) end++;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Records of the form {@code "<length> <key>=<value>\n"}, where the length counts the whole record. */
    private void readPax(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length && bytes[at] != 0; ) {
            int space = at;
            int length = 0;
            while (space < bytes.length && space - at < 8 && bytes[space] >= '0' && bytes[space] <= '9')
                length = 10 * length + bytes[space++] - '0';
            int end = at + length - 1;
            if (space >= bytes.length || bytes[space] != ' ' || end <= space || end >= bytes.length)
                throw new IOException("damaged pax header");
            String record = new String(bytes, space + 1, end - space - 1, StandardCharsets.UTF_8);
            if (record.startsWith("path=")) longName = record.substring(5);
            else if (record.startsWith("linkpath=")) longLink = record.substring(9);
            else if (record.startsWith("GNU.sparse.")) throw new IOException("sparse tar entries are not read");
            else if (record.startsWith("size=")) longSize = paxSize(record.substring(5));
            at += length;
        }
    }

    private static long paxSize(String digits) throws IOException {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IOException("damaged pax header: size=" + digits, e);
        }
    }

    /** One block, through a window that is large only where headers lie close together. */
    private byte[] block(long at) throws IOException {
        long windowEnd = windowStart + window.length;
        if (at < windowStart || at + BLOCK > windowEnd) {
            int wanted = at <= windowEnd + WINDOW ? WINDOW : BLOCK;
            window = file.read(at, (int) Math.min(wanted, file.size() - at));
            windowStart = at;
        }
        int from = (int) (at - windowStart);
        return Arrays.copyOfRange(window, from, from + BLOCK);
    }
}
