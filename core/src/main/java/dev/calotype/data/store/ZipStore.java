package dev.calotype.data.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The files in a zip archive: its table is read once, then every file's bytes alone. */
public final class ZipStore extends FileStore {
    private static final int LOCAL_HEADER = 30;
    private static final int LOCAL_MAGIC = 0x04034B50;
    private static final int MAX_LINK = 4096;

    private final RandomFile file;
    private final List<Packed> packed = new ArrayList<>();

    /** Where the packed bytes of a file are, and how they are packed; {@code header} is the place of its header. */
    private record Packed(long header, long bytes, int method, long checksum) {}

    private ZipStore(Path path) throws IOException {
        super(path.toString());
        file = new RandomFile(path);
    }

    public static ZipStore open(Path path) throws IOException {
        return listed(new ZipStore(path));
    }

    @Override
    void list() throws IOException {
        List<ZipArchiveEntry> entries = table();
        List<String> names = ZipNames.of(entries);
        ArchiveLinks links = new ArchiveLinks();
        List<StoredFile> files = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            ZipArchiveEntry entry = entries.get(i);
            String name = names.get(i);
            String unread = ZipMethods.whyNot(entry);
            if (name.endsWith("/") || name.endsWith("\\")) listing().addFolder(name);
            else if (unread != null) listing().leave(name, unread);
            else {
                StoredFile stored = new StoredFile(name, packed.size(), entry.getSize());
                packed.add(new Packed(
                        entry.getLocalHeaderOffset(), entry.getCompressedSize(), entry.getMethod(), entry.getCrc()));
                if (entry.isUnixSymlink() && entry.getSize() <= MAX_LINK) addLink(links, stored);
                else {
                    files.add(stored);
                    listing().add(name, stored.locator(), stored.size());
                }
            }
        }
        if (!links.isEmpty()) files.forEach(links::offer);
        links.resolve(listing());
    }

    private void addLink(ArchiveLinks links, StoredFile link) throws IOException {
        String target = new String(read(link), StandardCharsets.UTF_8);
        links.add(link.name(), ArchiveLinks.resolved(link.name(), target));
    }

    private List<ZipArchiveEntry> table() throws IOException {
        try (ZipFile zip = ZipFile.builder()
                .setSeekableByteChannel(new WindowedChannel(file))
                .setIgnoreLocalFileHeader(true)
                .get()) {
            return Collections.list(zip.getEntries());
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "the zip archive is damaged or incomplete, get it again: its table of contents, which stands at"
                            + " the end, cannot be read (" + reason(e) + ")",
                    e);
        }
    }

    @Override
    public byte[] read(StoredFile entry) throws IOException {
        checkedSize(entry);
        Packed p = packed.get((int) entry.locator());
        byte[] content;
        try (InputStream in = ZipMethods.unpacking(p.method, new ByteArrayInputStream(bytes(p)), entry.size())) {
            content = readExactly(in, entry);
        } catch (IOException | RuntimeException e) {
            throw new IOException("it is damaged in the archive: " + reason(e), e);
        }
        CRC32 checksum = new CRC32();
        checksum.update(content);
        if (checksum.getValue() != p.checksum)
            throw new IOException("it is damaged in the archive: its checksum differs");
        return content;
    }

    private byte[] bytes(Packed p) throws IOException {
        if (p.bytes < 0 || p.bytes > MAX_BYTES)
            throw new IOException("claims " + p.bytes + " packed bytes; at most " + MAX_BYTES + " are read");
        byte[] header = file.read(p.header, LOCAL_HEADER);
        if (number(header, 0, 4) != LOCAL_MAGIC) throw new IOException("no entry begins at byte " + p.header);
        return file.read(p.header + LOCAL_HEADER + number(header, 26, 2) + number(header, 28, 2), (int) p.bytes);
    }

    private static int number(byte[] bytes, int at, int length) {
        int number = 0;
        for (int i = length - 1; i >= 0; i--) number = number << 8 | bytes[at + i] & 0xFF;
        return number;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
