package dev.calotype.app.cluster;

import dev.calotype.io.FileId;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** What the processes of one training must have in common. */
final class Build {
    private Build() {}

    /** The version, and a hash of the program and of the names of the libraries beside it. */
    static String of(CommandSpec command) {
        String version = command.root().version()[0].split(",")[0];
        StringBuilder parts = new StringBuilder();
        try {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                Path path = Path.of(entry);
                String name = String.valueOf(path.getFileName());
                if (!name.endsWith(".jar")) continue;
                parts.append(name)
                        .append(name.startsWith("calotype") ? FileId.sha256(Files.readAllBytes(path)) : "")
                        .append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the program itself", e);
        }
        return version + " ("
                + FileId.sha256(parts.toString().getBytes(StandardCharsets.UTF_8))
                        .substring(0, 12) + ")";
    }
}
