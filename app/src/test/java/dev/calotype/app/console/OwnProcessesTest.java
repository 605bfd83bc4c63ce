package dev.calotype.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server starts is as the command line would start it. */
class OwnProcessesTest {
    private static final List<String> OPTIONS =
            List.of("-Xms64m", "-Xms8m", "-Xown", "-Dcalotype.serving=-Xms8m -Xquick", "-Xquick");

    @AfterEach
    void forget() {
        System.clearProperty("calotype.serving");
        System.clearProperty("calotype.serving.spins");
    }

    @Test
    void whatWasForAServerIsLeftOut() {
        System.setProperty("calotype.serving", "-Xms8m -Xquick");
        System.setProperty("calotype.serving.spins", "4000");
        assertThat(OwnProcesses.inherited(OPTIONS)).containsExactly("-Xms64m", "-Xown");
        ProcessBuilder process = OwnProcesses.unserving(List.of("java", "-Xms8m", "Main", ""));
        assertThat(process.command()).containsExactly("java", "-Xms8m", "Main", "");
        assertThat(process.environment()).containsEntry("GOMP_SPINCOUNT", "4000");
    }

    @Test
    void whatWasChosenStays() {
        assertThat(OwnProcesses.inherited(List.of("-Xms8m", "-Dcalotype.home=x", "-Dcalotype.terminal=true")))
                .containsExactly("-Xms8m", "-Dcalotype.home=x");
        ProcessBuilder process = OwnProcesses.unserving(List.of("java", "Main"));
        assertThat(process.environment().get("GOMP_SPINCOUNT")).isEqualTo(System.getenv("GOMP_SPINCOUNT"));
    }
}
