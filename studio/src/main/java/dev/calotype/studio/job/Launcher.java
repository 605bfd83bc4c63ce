package dev.calotype.studio.job;

import java.util.List;

/** Prepares processes of this program. */
@FunctionalInterface
public interface Launcher {
    /** A process that is not started yet, for such arguments as {@code train quickstart}. */
    ProcessBuilder process(List<String> arguments);
}
