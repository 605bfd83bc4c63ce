package dev.calotype.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.IVersionProvider;

/** What the build wrote of itself into a resource. */
final class Version implements IVersionProvider {
    /** The version of the program. */
    static String text() {
        return lines().get(0);
    }

    @Override
    public String[] getVersion() {
        List<String> lines = lines();
        boolean known =
                lines.size() > 2 && !lines.get(2).startsWith("${"); // not where it was built without a repository
        String commit = known ? " (commit " + lines.get(2) + ")" : "";
        return new String[] {
            "calotype " + lines.get(0) + commit, "libtorch " + lines.get(1), "Java " + Runtime.version()
        };
    }

    private static List<String> lines() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the resource version.txt is damaged", e);
        }
    }
}
