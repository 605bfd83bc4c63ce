package dev.calotype.data.store;

import java.io.IOException;
import java.nio.file.Path;

/** The files in an uncompressed tar archive: its headers are read once, then every file's bytes alone. */
public final class TarStore extends FileStore {
    private final RandomFile file;

    private TarStore(String name, Path path) throws IOException {
        super(name);
        file = new RandomFile(path);
    }

    /** The tar archive {@code path} under the name that people know it by. */
    public static TarStore open(String name, Path path) throws IOException {
        return listed(new TarStore(name, path));
    }

    @Override
    void list() throws IOException {
        ArchiveLinks links = new ArchiveLinks();
        Neighbours neighbours = new Neighbours();
        new TarHeaders(file).forEach(new TarHeaders.Visitor() {
            @Override
            public void file(StoredFile entry) throws IOException {
                neighbours.add(entry.name(), entry.locator());
                listing().add(entry.name(), entry.locator(), entry.size());
            }

            @Override
            public void folder(String name) {
                listing().addFolder(name);
            }

            @Override
            public void link(String name, String target) throws IOException {
                links.add(name, target);
            }

            @Override
            public void other(String name) {
                listing().leave(name, "entries of a tar archive that are neither files nor links");
            }
        });
        listing().neighbours(neighbours);
        if (!links.isEmpty()) new TarHeaders(file).forEach(links::offer);
        links.resolve(listing());
    }

    @Override
    public byte[] read(StoredFile entry) throws IOException {
        return file.read(entry.locator(), checkedSize(entry));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
