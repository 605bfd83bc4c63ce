package dev.calotype.app;

import dev.calotype.studio.Studio;
import dev.calotype.studio.StudioSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the launcher runs once after a build, so that the JVM can archive the classes that commands load: a tiny model is
 * trained for one step and sampled, and a studio answers.
 */
final class Rehearsal {
    private static final String RECIPE =
            """
            name: rehearsal
            data: {source: "rooms:train", size: 32}
            network: {channels: 32, multipliers: [1, 1], blocks: 1, attention: [2]}
            training: {steps: 1, minutes: 0, batch: 2, warmup: 1}
            sampling: {steps: 2}
            """;

    private Rehearsal() {}

    /** Writes below the folder that is the only argument; exits with 0 if all commands went well. */
    public static void main(String[] args) throws IOException {
        System.exit(run(Path.of(args[0])));
    }

    static int run(Path folder) throws IOException {
        Path recipe = Files.writeString(folder.resolve("rehearsal.yaml"), RECIPE);
        String[][] commands = {
            {"--help"},
            {"--version"},
            {"train", recipe.toString(), "--out", folder.toString(), "--json"},
            {
                "sample",
                folder.resolve("rehearsal-001").toString(),
                "-n",
                "1",
                "--out",
                folder + "/rehearsal.png",
                "--json"
            }
        };
        int failures = 0;
        for (String[] command : commands) if (Main.commandLine().execute(command) != 0) failures++;
        serve(folder);
        return failures;
    }

    /** A studio that answers once. */
    private static void serve(Path folder) throws IOException {
        StudioSettings settings =
                StudioSettings.of(folder.resolve("studio"), folder).atPort(0).with(1, 0);
        try (Studio studio = Studio.start(settings)) {
            for (String page : List.of("/", "/api/models"))
                try (InputStream answer =
                        URI.create(studio.url() + page).toURL().openStream()) {
                    answer.readAllBytes();
                }
        }
    }
}
