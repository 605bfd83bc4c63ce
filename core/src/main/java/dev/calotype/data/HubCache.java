package dev.calotype.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A repository in the cache of the Hugging Face hub: {@code snapshots/REVISION} of links into {@code blobs}. */
final class HubCache {
    private static final int MAX_REVISION = 200;

    private HubCache() {}

    /**
     * The snapshot that {@code refs/main} names, or the only one.
     *
     * @throws IOException if there are several and none is main
     */
    static Path snapshot(Path repository) throws IOException {
        Path snapshots = repository.resolve("snapshots");
        Path main = repository.resolve("refs").resolve("main");
        if (Files.isRegularFile(main) && Files.size(main) < MAX_REVISION) {
            String revision = Files.readString(main).strip();
            if (revision.matches("\\w+") && Files.isDirectory(snapshots.resolve(revision)))
                return snapshots.resolve(revision);
        }
        try (Stream<Path> paths = Files.list(snapshots)) {
            List<Path> revisions = paths.filter(Files::isDirectory).sorted().toList();
            if (revisions.size() == 1) return revisions.get(0);
            throw new IOException(snapshots + " must hold one snapshot, or several of which refs/main names one; name"
                    + " one of them: "
                    + revisions.stream().map(r -> r.getFileName().toString()).collect(Collectors.joining(", ")));
        }
    }
}
