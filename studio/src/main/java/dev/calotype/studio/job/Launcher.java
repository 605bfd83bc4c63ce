package dev.calotype.studio.job;

import java.util.List;

/** Makes the command line of a process of this program. */
@FunctionalInterface
public interface Launcher {
    /** The whole command, the program itself first, for such arguments as {@code train quickstart}. */
    List<String> command(List<String> arguments);
}
