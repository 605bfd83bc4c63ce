package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class JudgeCommandTest {
    @Test
    @Tag("slow")
    void everyRungHasALineOfTheTable() {
        Run run = Run.of("judge", "ladders", "-n", "50");
        assertThat(run.exit()).isZero();
        assertThat(run.out().lines().limit(3))
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("| damage | | FID | precision |"),
                        rule -> assertThat(rule).startsWith("|---|---:|"),
                        whole -> assertThat(whole).startsWith("| none |  | ").contains(" | 100.0 % | 9"));
        assertThat(run.lastLine()).startsWith("| no room | pixels shuffled | ").contains(" | 0.000 | 0.000 | 0.0 % | ");
        assertThat(run.out().lines()).hasSize(2 + 1 + 5 + 5 + 6 + 5 + 5 + 5 + 7);
    }

    @Test
    void whatCannotBeClimbedIsRefused() {
        refused("-n must be at least 50: 49", "-n", "49");
        refused("size must be in 32..256: 16", "--size", "16");
        refused("only rooms or rooms:FILE reads attributes: scattering", "--network", "scattering");
    }

    private static void refused(String message, String... options) {
        String[] all = new String[options.length + 2];
        all[0] = "judge";
        all[1] = "ladders";
        System.arraycopy(options, 0, all, 2, options.length);
        Run run = Run.of(all);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}
