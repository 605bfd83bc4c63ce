package dev.calotype.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux knows of a process; empty on other systems. */
record ProcessMemory(long pid) {
    static ProcessMemory ours() {
        return new ProcessMemory(ProcessHandle.current().pid());
    }

    /** Forgets the peak so far. */
    void resetPeak() {
        try {
            Files.writeString(file("clear_refs"), "5");
        } catch (IOException e) {
            // elsewhere, and where it is not allowed, the peak is that of the whole life of the process
            return;
        }
    }

    /** The largest resident memory, in MB of 2^20 bytes. */
    Optional<Long> peakMb() {
        try {
            return Files.readAllLines(file("status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Processor time used so far, in seconds. */
    static double processorSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().map(d -> d.toNanos() * 1e-9).orElse(0.0);
    }

    private Path file(String name) {
        return Path.of("/proc", String.valueOf(pid), name);
    }
}
