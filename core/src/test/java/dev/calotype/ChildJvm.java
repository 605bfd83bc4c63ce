package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A class with a {@code main}, run in a process of its own that can be killed.
 *
 * @param errors where its standard error goes
 * @param options of Java, beside those of this process
 */
public record ChildJvm(Class<?> main, Path errors, List<String> options) {
    public ChildJvm(Class<?> main, Path errors) {
        this(main, errors, List.of());
    }

    /** The same with more options of Java. */
    public ChildJvm with(String... more) {
        return new ChildJvm(main, errors, List.of(more));
    }

    /** What the child tells until it ends, or until it is killed (SIGKILL) after so many lines. */
    public List<String> run(int lines, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.add("-XX:TieredStopAtLevel=1"); // lives too short for the best compiler to pay
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process child =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> told = new ArrayList<>();
        try (BufferedReader reader = child.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                told.add(line);
                if (told.size() == lines) child.toHandle().destroyForcibly(); // a Process would close the reader
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(told).as(Files.readString(errors)).isNotEmpty();
        return told;
    }
}
