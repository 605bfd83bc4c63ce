package dev.calotype.data.store;

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
import java.util.function.Function;

/** The files below a folder. Links to folders are not followed, nor are links out of it: {@link FollowedLinks}. */
public final class FolderStore extends FileStore {
    private static final long BY_NAME = -1;

    private final Path root;
    private final Function<Path, List<Path>> lists;
    /** The few files that are not found by their name: its bytes are not of this machine's character set, say. */
    private final List<Path> odd = new ArrayList<>();

    private FolderStore(Path folder, Function<Path, List<Path>> lists) throws IOException {
        super(folder.toString());
        this.lists = lists;
        root = folder.toRealPath();
    }

    /** Opens a folder; {@code lists} tells the lists beside a folder that are about its files. */
    public static FolderStore open(Path folder, Function<Path, List<Path>> lists) throws IOException {
        return listed(new FolderStore(folder, lists));
    }

    @Override
    void list() throws IOException {
        Files.walkFileTree(root, new Walk(new FollowedLinks(root)));
        for (Path list : lists.apply(root)) {
            listing().addList(new StoredFile("../" + list.getFileName(), odd.size(), Files.size(list)));
            odd.add(list);
        }
    }

    @Override
    public byte[] read(StoredFile file) throws IOException {
        try (InputStream in = Files.newInputStream(path(file))) {
            return readExactly(in, file);
        }
    }

    /** Where one of the listed files lies. */
    public Path path(StoredFile file) {
        return file.locator() == BY_NAME ? root.resolve(file.name()) : odd.get((int) file.locator());
    }

    @Override
    public void close() {}

    private final class Walk extends SimpleFileVisitor<Path> {
        private final FollowedLinks links;

        Walk(FollowedLinks links) {
            this.links = links;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (folder.equals(root)) return FileVisitResult.CONTINUE;
            if (Listing.isHidden(folder.getFileName().toString())) {
                listing().hide(relative(folder) + "/");
                return FileVisitResult.SKIP_SUBTREE;
            }
            FileNames.requireReadable(folder);
            listing().addFolder(relative(folder));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile()) add(file, attributes.size());
            else if (attributes.isSymbolicLink()) {
                String whyNot = links.whyNot(file);
                if (whyNot == null) add(file, Files.size(file));
                else listing().leave(relative(file), whyNot);
            } else listing().leave(relative(file), "devices, pipes and sockets");
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            listing().leave(relative(file), "files and folders that may not be read: see to their permissions");
            return FileVisitResult.CONTINUE;
        }

        private void add(Path file, long size) throws IOException {
            FileNames.requireReadable(file);
            String path = relative(file);
            boolean plain = path.indexOf('\\') < 0 && findable(path, file);
            listing().add(path, plain ? BY_NAME : odd.size(), size);
            if (!plain) odd.add(file);
        }

        private String relative(Path file) {
            return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        }

        private boolean findable(String path, Path file) {
            try {
                return root.resolve(path).equals(file);
            } catch (InvalidPathException unmappable) {
                return false;
            }
        }
    }
}
