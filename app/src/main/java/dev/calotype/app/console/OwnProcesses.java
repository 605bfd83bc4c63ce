package dev.calotype.app.console;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of processes of this program, started as this one was. */
public final class OwnProcesses {
    private static final String MAIN = "dev.calotype.app.Main";

    /** Options of Java that are of a server alone; {@code .spins} is how long threads of the engine spin in other commands. */
    private static final String SERVING = "calotype.serving";

    private OwnProcesses() {}

    /**
     * The whole command.
     *
     * @param jvm options of Java besides those of this process
     * @param arguments such as {@code train quickstart}
     */
    public static List<String> command(List<String> jvm, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments())
            if (!argument.startsWith("-Dcalotype.terminal")) command.add(argument);
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        return command;
    }

    /** A process of such a command as the command line starts it: without what the launcher gave this one because it serves. */
    public static ProcessBuilder unserving(List<String> command) {
        String options = System.getProperty(SERVING, "");
        List<String> served = options.isEmpty() ? List.of() : List.of(options.split(" "));
        ProcessBuilder process = new ProcessBuilder(command.stream()
                .filter(word -> !served.contains(word) && !word.startsWith("-D" + SERVING))
                .toList());
        String spins = System.getProperty(SERVING + ".spins");
        if (spins != null) process.environment().put("GOMP_SPINCOUNT", spins);
        return process;
    }
}
