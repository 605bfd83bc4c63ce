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
        command.addAll(inherited(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        return command;
    }

    /** Options of Java without those that the launcher gave this process because it has a terminal, or serves. */
    static List<String> inherited(List<String> options) {
        List<String> served = List.of(System.getProperty(SERVING, "").split(" "));
        return options.stream()
                .filter(option -> !served.contains(option)
                        && !option.startsWith("-D" + SERVING)
                        && !option.startsWith("-Dcalotype.terminal"))
                .toList();
    }

    /** A process of such a command, whose engine's threads wait as the command line has it, also where this one serves. */
    public static ProcessBuilder unserving(List<String> command) {
        ProcessBuilder process = new ProcessBuilder(command);
        String spins = System.getProperty(SERVING + ".spins");
        if (spins != null) process.environment().put("GOMP_SPINCOUNT", spins);
        return process;
    }
}
