package dev.calotype.data.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which symbolic links of a folder are followed: those to files in it. In a snapshot of the Hugging Face hub's cache
 * ({@code datasets--OWNER--NAME/snapshots/REVISION}) every file is a link to the {@code blobs} of the same repository,
 * and these are followed too.
 */
public final class FollowedLinks {
    private static final Pattern REPOSITORY = Pattern.compile("(datasets|models|spaces)--.+");

    private final List<Path> roots = new ArrayList<>();

    public FollowedLinks(Path folder) throws IOException {
        Path root = folder.toRealPath();
        roots.add(root);
        for (Path above = root; above != null; above = above.getParent())
            if (isRepository(above) && root.startsWith(above.resolve("snapshots")))
                roots.add(above.resolve("blobs").toRealPath());
    }

    /** Whether this is a repository in the hub's cache. */
    public static boolean isRepository(Path folder) {
        return folder.getFileName() != null
                && REPOSITORY.matcher(folder.getFileName().toString()).matches()
                && Files.isDirectory(folder.resolve("snapshots"))
                && Files.isDirectory(folder.resolve("blobs"));
    }

    /** Why a link is not followed, or null if it is. */
    public String whyNot(Path link) {
        try {
            Path target = link.toRealPath();
            if (roots.stream().noneMatch(target::startsWith))
                return "links that lead out of the folder, which are not followed: copy what they lead to, or name"
                        + " the folder where it lies";
            if (Files.isRegularFile(target)) return null;
            return "links to folders, which are not followed: copy what they lead to";
        } catch (IOException e) {
            return "links that lead nowhere";
        }
    }
}
