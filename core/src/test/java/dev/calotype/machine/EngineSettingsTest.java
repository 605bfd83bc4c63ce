package dev.calotype.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
    @Test
    void anUntunedAllocatorIsAProblemOnLinuxOnly() {
        assertThat(EngineSettings.of(Map.of(), "Linux").problems())
                .singleElement()
                .asString()
                .contains("GLIBC_TUNABLES");
        assertThat(EngineSettings.of(Map.of(), "Mac OS X").problems()).isEmpty();
    }

    @Test
    void whatAUserHasSetIsReportedAndNoProblem() {
        EngineSettings settings = EngineSettings.of(Map.of("MALLOC_TOP_PAD_", "1000", "OMP_NUM_THREADS", "2"), "Linux");
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.malloc()).isEqualTo("MALLOC_TOP_PAD_=1000");
        assertThat(settings.openMp()).isEqualTo("OMP_NUM_THREADS=2");
    }

    @Test
    void sleepingThreadsAreAProblem() {
        Map<String, String> environment = Map.of("GLIBC_TUNABLES", "x=1", "OMP_WAIT_POLICY", "PASSIVE");
        assertThat(EngineSettings.of(environment, "Linux").problems())
                .singleElement()
                .asString()
                .contains("OMP_WAIT_POLICY");
    }
}
