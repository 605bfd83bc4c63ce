package dev.calotype.data;

import dev.calotype.data.label.Lists;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** SHA-256 over all that something was computed from, so that it is found again for exactly the same. */
public final class ContentHash {
    /** The folder beside a data set in which what was computed from it is kept; no part of it. */
    public static final String BESIDE = ".calotype";

    private static final int PROBES =
            64; // pictures of a built-in set that stand for all: a change of the drawing shows
    private static final int BLOCK = 1 << 20;

    private final MessageDigest sha;

    /** Of nothing yet. */
    public ContentHash() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Adds a text. */
    public ContentHash add(Object value) {
        byte[] utf8 = value.toString().getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(4).putInt(utf8.length).flip());
        sha.update(utf8);
        return this;
    }

    /**
     * Adds a data set: every byte of its files and of the lists beside them, with their names and what is chosen of them, or pictures of one
     * that has no files.
     */
    public ContentHash add(ImageDataset data) throws IOException {
        add(data.name()).add(data.size());
        if (!data.choice().isEmpty()) add(data.choice());
        Optional<Path> path = path(data);
        if (path.isPresent()) {
            if (Files.isDirectory(path.get()))
                for (Path list : Lists.beside(path.get().toRealPath()))
                    add(list.getFileName()).addFiles(list);
            return addFiles(path.get());
        }
        if (FilePattern.is(data.name())) {
            for (Path file : FilePattern.files(data.name())) addFiles(file);
            return this;
        }
        ImageDataset whole = data;
        while (whole instanceof Chosen some) whole = some.all();
        if (whole instanceof BlendedDataset blended) {
            for (ImageDataset part : blended.parts()) add(part);
            return this;
        }
        for (long i = 0; i < Math.min(PROBES, data.size()); i++)
            for (Picture picture : data.read(i).pictures()) sha.update(picture.pixels());
        return this;
    }

    /** The folder or file of a data set, if it has one. */
    public static Optional<Path> path(ImageDataset data) {
        String name = data.name();
        int colon = name.lastIndexOf(':');
        for (String candidate : colon > 1 ? List.of(name, name.substring(0, colon)) : List.of(name)) {
            try {
                if (Files.exists(Path.of(candidate))) return Optional.of(Path.of(candidate));
            } catch (InvalidPathException e) {
                continue;
            }
        }
        return Optional.empty();
    }

    /** Adds every byte of the files of a folder, with their names, or of one file; {@code place} may be a link to it. */
    public ContentHash addFiles(Path place) throws IOException {
        Path root = place.toRealPath();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(file -> !isBeside(root.relativize(file).getParent()))
                    .sorted()
                    .toList();
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                add(root.relativize(file)).add(channel.size());
                while (channel.read(block.clear()) >= 0) sha.update(block.flip());
            }
        }
        return this;
    }

    private static boolean isBeside(Path folder) {
        return folder != null && folder.endsWith(BESIDE);
    }

    /** The hash so far, as 64 hexadecimal digits; nothing can be added afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
