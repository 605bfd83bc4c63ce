package dev.calotype.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files below a folder. Links to folders are not followed, nor are links to files outside. */
final class FolderStore implements FileStore {
    private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

    private final String name;
    private final Path root;
    private final Listing listing = new Listing();

    FolderStore(Path folder) throws IOException {
        name = folder.toString();
        root = folder.toRealPath();
        Walk walk = new Walk();
        Files.walkFileTree(root, walk);
        if (walk.skippedLinks > 0)
            LOG.warn("{}: passed over {} links that lead out of the folder or nowhere", name, walk.skippedLinks);
        if (walk.unreadable > 0) LOG.warn("{}: passed over {} unreadable files or folders", name, walk.unreadable);
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
        try (InputStream in = Files.newInputStream(root.resolve(file.name()))) {
            return FileStore.readExactly(in, file);
        }
    }

    @Override
    public void close() {}

    private final class Walk extends SimpleFileVisitor<Path> {
        private int skippedLinks;
        private int unreadable;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String base =
                    folder.getFileName() == null ? "" : folder.getFileName().toString();
            boolean hidden = !folder.equals(root) && (base.startsWith(".") || base.equals("__MACOSX"));
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile()) add(file, attributes.size());
            else if (attributes.isSymbolicLink()) {
                if (insideLink(file)) add(file, Files.size(file));
                else skippedLinks++;
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            unreadable++;
            return FileVisitResult.CONTINUE;
        }

        private void add(Path file, long size) throws IOException {
            listing.add(
                    root.relativize(file)
                            .toString()
                            .replace(file.getFileSystem().getSeparator(), "/"),
                    0,
                    size);
        }

        private boolean insideLink(Path link) {
            try {
                Path target = link.toRealPath();
                return target.startsWith(root) && Files.isRegularFile(target);
            } catch (IOException dangling) {
                return false;
            }
        }
    }
}
