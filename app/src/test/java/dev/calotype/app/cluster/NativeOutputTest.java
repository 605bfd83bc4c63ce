package dev.calotype.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.collective.Gloo;
import dev.calotype.collective.Ranks;
import dev.calotype.tensor.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where what the engine prints by itself goes. */
@DisabledOnOs(OS.WINDOWS)
class NativeOutputTest {
    /** A process that meets nobody but itself, twice at once, and has a result. */
    static final class Meeting {
        public static void main(String[] arguments) throws Exception {
            Engine.load(1);
            Thread other = new Thread(Meeting::meet);
            other.start();
            meet();
            other.join();
            System.out.println("the result");
            System.exit(0);
        }

        private static void meet() {
            Duration patience = Duration.ofMinutes(5);
            try (Ranks ranks = NativeOutput.aside(() -> Gloo.lead("localhost", 1, "a build", patience, place -> {}))) {
                System.err.println("met " + ranks.world());
            }
        }
    }

    @Test
    void onlyResultsAreOnStandardOutput() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Meeting.class.getName()))
                .start();
        process.getOutputStream().close();
        byte[] out = process.getInputStream().readAllBytes();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(err).isZero();
        assertThat(new String(out, StandardCharsets.UTF_8).lines()).containsExactly("the result");
        assertThat(err).contains("[Gloo] Rank 0", "met 1");
    }
}
