package dev.calotype.data;

import java.io.IOException;
import java.nio.file.Path;

/** The files in an uncompressed tar archive: its headers are read once, then every file's bytes alone. */
final class TarStore implements FileStore {
    private final String name;
    private final RandomFile file;
    private final Listing listing = new Listing();

    /** The tar archive {@code path} under the name that people know it by. */
    TarStore(String name, Path path) throws IOException {
        this.name = name;
        file = new RandomFile(path);
        try {
            new TarHeaders(file).forEach(entry -> listing.add(entry.name(), entry.locator(), entry.size()));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw new IOException(name + ": " + e.getMessage(), e);
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
    public byte[] read(StoredFile entry) throws IOException {
        return file.read(entry.locator(), FileStore.checkedSize(entry));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
