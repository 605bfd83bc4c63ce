package dev.calotype.app.bench;

import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * What was measured on.
 *
 * @param megahertz clock of each core when the bench began; empty where it is unknown
 * @param instructions the extensions that matter here, as Linux names them
 * @param load processes that wanted to run in the minute before, on average; negative where it is unknown
 */
public record Machine(
        String processor,
        int cores,
        List<Double> megahertz,
        List<String> instructions,
        String system,
        String java,
        String engine,
        double load) {
    static Machine here() {
        List<String> lines = cpu();
        return new Machine(
                values(lines, "model name").findFirst().orElse(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                values(lines, "cpu MHz").map(Double::valueOf).toList(),
                Precision.cpuFlags(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version().toString(),
                engineVersion(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** The version of the binding, which begins with that of libtorch. */
    static String engineVersion() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static List<String> cpu() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Stream<String> values(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).map(line -> line.substring(line.indexOf(':') + 1)
                .strip());
    }

    @Override
    public String toString() {
        String clock = megahertz.isEmpty() ? "" : String.format(Locale.ROOT, " at %.0f MHz", megahertz.get(0));
        return String.format(
                Locale.ROOT,
                "%s, %d cores%s, %s, %s, Java %s, libtorch %s, load %.1f",
                processor,
                cores,
                clock,
                String.join(" ", instructions),
                system,
                java,
                engine,
                load);
    }
}
