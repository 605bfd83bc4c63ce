package dev.calotype.studio.model;

import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders that files may be named in, after all links are followed.
 *
 * @param folders which need not be there yet
 */
public record AllowedFolders(List<Path> folders) {
    private static final Logger LOG = LoggerFactory.getLogger(AllowedFolders.class);

    public AllowedFolders {
        folders = List.copyOf(folders);
    }

    /** The real paths of those that are there now. */
    public List<Path> roots() {
        List<Path> real = new ArrayList<>();
        for (Path folder : folders) {
            try {
                if (Files.isDirectory(folder)) real.add(folder.toRealPath());
            } catch (IOException e) {
                LOG.debug("{} cannot be looked in", folder, e);
            }
        }
        return real;
    }

    /**
     * The real path of something that is there and lies in one of the folders.
     *
     * @param path absolute, or below one of the folders
     * @throws Refusal if it does not: 403, whether it is there or not
     */
    public Path require(String path) {
        try {
            List<Path> roots = roots();
            for (Path root : roots) {
                Path named = root.resolve(path);
                if (!Files.exists(named)) continue;
                Path real = named.toRealPath();
                if (roots.stream().anyMatch(real::startsWith)) return real;
            }
        } catch (IOException | InvalidPathException e) {
            throw new Refusal(403, "not_allowed", "this is no path that can be read");
        }
        throw new Refusal(
                403,
                "not_allowed",
                "nothing is there in the folders that this studio was allowed to read by that name");
    }

    /** Whether a real path lies in one of them. */
    public boolean isInside(Path real) {
        return roots().stream().anyMatch(real::startsWith);
    }
}
