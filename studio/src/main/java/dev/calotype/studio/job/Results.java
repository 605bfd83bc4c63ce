package dev.calotype.studio.job;

import dev.calotype.io.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that jobs make, a folder for each job. Of more bytes than are kept those go that were made first. One thread at a time. */
final class Results {
    private static final Logger LOG = LoggerFactory.getLogger(Results.class);

    final Path folder;
    private final long most;
    private final Deque<Made> over = new ArrayDeque<>(); // of jobs that are over, the first first
    private boolean known; // whether what former processes made is in it
    private long sum;

    private record Made(Path folder, long bytes, long millis) {}

    /** @param most bytes that are kept; 0 for all */
    Results(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    Path of(String job) {
        return folder.resolve(job);
    }

    /** A job is over, whose results stay; older ones, but of the jobs in {@code open}, go where there is no room. */
    void ended(String job, Set<String> open) {
        if (most == 0 || !Files.isDirectory(of(job))) return;
        try {
            if (known) keep(made(of(job)));
            else look(open);
            known = true;
            while (sum > most && over.size() > 1) {
                Made first = over.remove();
                sum -= first.bytes();
                if (Files.isDirectory(first.folder())) new TemporaryFolder(first.folder()).close(); // or somebody did
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Old results cannot be removed: {}", e.getMessage(), e);
        }
    }

    private void look(Set<String> open) throws IOException {
        try (Stream<Path> folders = Files.list(folder)) {
            Stream<Path> done =
                    folders.filter(path -> !open.contains(path.getFileName().toString()));
            done.map(Results::made)
                    .sorted(Comparator.comparingLong(Made::millis))
                    .forEach(this::keep);
        }
    }

    private void keep(Made made) {
        over.add(made);
        sum += made.bytes();
    }

    private static Made made(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            return new Made(folder, bytes, Files.getLastModifiedTime(folder).toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
