package dev.calotype.app.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One commit of this repository in a folder of its own, whose command line can be run; closing takes the folder away. */
final class Checkout implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LAST_WORDS = 3000;

    private final Path repository;
    private final Path folder;
    private final String commit;

    private Checkout(Path repository, Path folder, String commit) {
        this.repository = repository;
        this.folder = folder;
        this.commit = commit;
    }

    /**
     * Checks {@code revision} out into {@code folder}, which must not exist.
     *
     * @throws IOException if {@code repository} has no such commit
     */
    static Checkout of(Path repository, String revision, Path folder) throws IOException, InterruptedException {
        List<String> question = List.of("git", "rev-parse", "--verify", "--end-of-options", revision + "^{commit}");
        String commit;
        try {
            commit = run(repository, question).strip();
        } catch (IOException e) {
            throw new IOException(repository + " has no commit " + revision, e);
        }
        run(repository, List.of("git", "worktree", "add", "--detach", folder.toString(), commit));
        return new Checkout(repository, folder, commit);
    }

    /** The first digits of its hash. */
    String commit() {
        return commit.substring(0, 10);
    }

    /**
     * What its command line answers with {@code --json}; the first call builds it.
     *
     * @throws IOException with its last words if it fails
     */
    JsonNode call(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(folder.resolve("calotype").toString());
        command.addAll(arguments);
        command.add("--json");
        return JSON.readTree(run(folder, command));
    }

    /** Standard output of a command that must succeed. */
    private static String run(Path where, List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("calotype-", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(where.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                    .redirectError(errors.toFile())
                    .start();
            try {
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() == 0) return said;
                String words = Files.readString(errors, StandardCharsets.UTF_8).strip();
                throw new IOException(String.join(" ", command) + " failed: "
                        + words.substring(Math.max(0, words.length() - LAST_WORDS)));
            } finally {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                process.waitFor(10, TimeUnit.SECONDS);
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static java.io.File nothing() {
        return new java.io.File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    @Override
    public void close() throws IOException {
        try {
            run(repository, List.of("git", "worktree", "remove", "--force", folder.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
