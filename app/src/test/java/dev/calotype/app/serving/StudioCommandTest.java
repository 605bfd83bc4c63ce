package dev.calotype.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a studio refuses before it begins. */
class StudioCommandTest {
    @TempDir
    private Path folder;

    private String refused(String option, String value) {
        String home = folder.resolve("home").toString(), models = folder.toString();
        Run run = option.equals("--home")
                ? Run.of("studio", "--port", "0", "--models", models, option, value)
                : Run.of("studio", "--port", "0", "--models", models, "--home", home, option, value);
        assertThat(run.exit()).as(run.err()).isNotZero();
        assertThat(folder.resolve("home")).doesNotExist();
        return run.err();
    }

    @Test
    void wrongValuesAreToldByWhatTheyMean() throws IOException {
        assertThat(refused("--queue", "-1")).contains("queue must be in 1..100000 jobs: -1");
        assertThat(refused("--memory", "-5")).contains("memory must be at least 0 MB: -5");
        assertThat(refused("--name", "a b/c"))
                .contains("name must be the name of a host")
                .contains("a b/c");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThat(refused("--home", file.toString()))
                .contains("the home of a studio must be a folder, and this is a file: " + file);
    }
}
