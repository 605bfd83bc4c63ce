package dev.calotype.data;

import dev.calotype.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files below a folder. Links to folders are not followed, nor are links to files outside. */
final class FolderStore implements FileStore {
    private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

    private static final long BY_NAME = -1;

    private final String name;
    private final Path root;
    private final Listing listing = new Listing();
    /** The few files that are not found by their name: its bytes are not of this machine's character set, say. */
    private final List<Path> odd = new ArrayList<>();

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
        Path path = file.locator() == BY_NAME ? root.resolve(file.name()) : odd.get((int) file.locator());
        try (InputStream in = Files.newInputStream(path)) {
            return FileStore.readExactly(in, file);
        }
    }

    @Override
    public void close() {}

    private final class Walk extends SimpleFileVisitor<Path> {
        private int skippedLinks;
        private int unreadable;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            String base =
                    folder.getFileName() == null ? "" : folder.getFileName().toString();
            boolean hidden = !folder.equals(root) && (base.startsWith(".") || base.equals("__MACOSX"));
            if (!hidden && !folder.equals(root)) FileNames.requireReadable(folder);
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
            FileNames.requireReadable(file);
            String path = root.relativize(file)
                    .toString()
                    .replace(file.getFileSystem().getSeparator(), "/");
            boolean plain = path.indexOf('\\') < 0 && findable(path, file);
            listing.add(path, plain ? BY_NAME : odd.size(), size);
            if (!plain) odd.add(file);
        }

        private boolean findable(String path, Path file) {
            try {
                return root.resolve(path).equals(file);
            } catch (InvalidPathException unmappable) {
                return false;
            }
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
