package dev.calotype.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/** Bytes of memory that this process has, had, and could have. Exact on Linux; elsewhere what the system tells. */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MACHINE = Path.of("/proc/meminfo");
    /** Limit and use of the container, by version of control groups. */
    private static final List<List<Path>> CONTAINERS = List.of(
            List.of(Path.of("/sys/fs/cgroup/memory.max"), Path.of("/sys/fs/cgroup/memory.current")),
            List.of(
                    Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
                    Path.of("/sys/fs/cgroup/memory/memory.usage_in_bytes")));

    private ProcessMemory() {}

    /** What is resident now, of the heap and of native memory together. */
    public static long resident() {
        return field(STATUS, "VmRSS:").orElseGet(Pointer::physicalBytes);
    }

    /** The most that was resident at once so far; empty where the system does not tell. */
    public static OptionalLong peak() {
        return field(STATUS, "VmHWM:");
    }

    /** What could be had in addition without swapping, within the container's limit if there is one. */
    public static long available() {
        long free = field(MACHINE, "MemAvailable:").orElseGet(Pointer::availablePhysicalBytes);
        for (List<Path> container : CONTAINERS) {
            OptionalLong limit = number(container.get(0)), used = number(container.get(1));
            if (limit.isPresent() && used.isPresent())
                free = Math.min(free, Math.max(0, limit.getAsLong() - used.getAsLong()));
        }
        return free;
    }

    /** All that the machine or the container has, swap included. */
    public static long total() {
        long all = field(MACHINE, "MemTotal:").orElseGet(Pointer::totalPhysicalBytes)
                + field(MACHINE, "SwapTotal:").orElse(0);
        for (List<Path> container : CONTAINERS)
            all = Math.min(all, number(container.get(0)).orElse(all));
        return all;
    }

    /**
     * Collects what nobody has any more, and gives the system what was freed and is kept for the next wish, where the engine is up; for
     * those who will have none for a while.
     */
    public static void giveBack() {
        System.gc();
        Pointer.trimMemory();
    }

    /** A line such as {@code VmRSS:  1234 kB}. */
    private static OptionalLong field(Path file, String name) {
        if (!Files.isReadable(file)) return OptionalLong.empty();
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong number(Path file) {
        try {
            String text = Files.isReadable(file) ? Files.readString(file).strip() : "";
            return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
