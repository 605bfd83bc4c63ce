package dev.calotype.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the environment of the process says to the engine's allocator and to OpenMP; both read it before Java starts, so
 * that only a launcher can set it.
 *
 * @param malloc the tunables of glibc's allocator, or what there is instead
 * @param openMp the variables of OpenMP that are set, or that none is
 * @param problems what is wrong and how to mend it; empty if nothing is
 */
record EngineSettings(String malloc, String openMp, List<String> problems) {
    private static final List<String> MALLOC = List.of(
            "GLIBC_TUNABLES",
            "MALLOC_ARENA_MAX",
            "MALLOC_MMAP_THRESHOLD_",
            "MALLOC_TRIM_THRESHOLD_",
            "MALLOC_TOP_PAD_",
            "LD_PRELOAD");
    private static final List<String> OPEN_MP =
            List.of("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY", "GOMP_SPINCOUNT");

    EngineSettings {
        problems = List.copyOf(problems);
    }

    /** Reads the variables of {@code environment} as a system named {@code os} (as {@code os.name} has it) would. */
    static EngineSettings of(Map<String, String> environment, String os) {
        boolean linux = os.toLowerCase(Locale.ROOT).startsWith("linux");
        List<String> problems = new ArrayList<>();
        String malloc = set(MALLOC, environment);
        if (linux && malloc.isEmpty())
            problems.add(
                    "the allocator hands memory back to the system in every training step, which costs some percent:"
                            + " start with ./calotype, or set GLIBC_TUNABLES as it does");
        if ("passive"
                .equalsIgnoreCase(
                        environment.getOrDefault("OMP_WAIT_POLICY", "").strip()))
            problems.add("engine threads go to sleep between operations, which is slow: unset OMP_WAIT_POLICY");
        String openMp = set(OPEN_MP, environment);
        return new EngineSettings(
                malloc.isEmpty() ? "defaults of the system" : malloc,
                openMp.isEmpty() ? "defaults of the engine" : openMp,
                problems);
    }

    private static String set(List<String> names, Map<String, String> environment) {
        return String.join(
                " ",
                names.stream()
                        .filter(environment::containsKey)
                        .map(name -> name + "=" + environment.get(name))
                        .toList());
    }
}
