package dev.calotype.app.serving;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of processes of this program, started as this one was. */
final class OwnProcesses {
    private static final String MAIN = "dev.calotype.app.Main";

    private OwnProcesses() {}

    /** The whole command for such arguments as {@code train quickstart}. */
    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments())
            if (!argument.startsWith("-Dcalotype.terminal")) command.add(argument);
        command.add("-Dcalotype.parent=input"); // it ends when this process does
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        return command;
    }
}
