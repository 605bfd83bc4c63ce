package dev.calotype.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The files in a zip archive. */
final class ZipStore implements FileStore {
    private final String name;
    private final ZipFile zip;
    private final Listing listing = new Listing();
    private final List<String> entryNames = new ArrayList<>();

    ZipStore(Path file) throws IOException {
        name = file.toString();
        zip = open(file);
        try {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (entry.isDirectory()) continue;
                listing.add(entry.getName(), entryNames.size(), entry.getSize());
                entryNames.add(entry.getName());
            }
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** Names are UTF-8, or else of some old code page, of which only that it has 8 bits matters here. */
    private static ZipFile open(Path file) throws IOException {
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException notUtf8) {
            try {
                return new ZipFile(file.toFile(), StandardCharsets.ISO_8859_1);
            } catch (ZipException e) {
                throw new IOException(file + ": the zip archive is damaged or incomplete (" + e.getMessage() + ")", e);
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Listing listing() {
        return listing;
    }

    @Override
    public byte[] read(StoredFile file) throws IOException {
        ZipEntry entry = zip.getEntry(entryNames.get((int) file.locator()));
        if (entry == null) throw new IOException("is no longer in the archive");
        try (InputStream in = zip.getInputStream(entry)) {
            return FileStore.readExactly(in, file);
        } catch (IllegalStateException closed) {
            throw new IOException("the archive was closed", closed);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
