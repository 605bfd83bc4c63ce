package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How large rooms and files of the sources may be. */
class SizesTest {
    private static final int MOST_FILES = 40;

    /** One idea: damage, operators and what undoes it. */
    private static final Set<String> LARGE = Set.of("dev/calotype/restore");

    private static List<Path> sources() throws IOException {
        Path root = Path.of("..").toRealPath();
        try (Stream<Path> files = Stream.of("core", "app", "bench")
                .map(module -> root.resolve(module).resolve("src/main/java"))
                .flatMap(SizesTest::below)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static Stream<Path> below(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noPackageHasMoreThanFortyFiles() throws IOException {
        Map<String, Long> counts = sources().stream()
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(Collectors.groupingBy(SizesTest::folder, TreeMap::new, Collectors.counting()));
        counts.keySet().removeAll(LARGE);
        assertThat(counts).allSatisfy((folder, count) -> assertThat(count).isLessThanOrEqualTo(MOST_FILES));
    }

    private static String folder(Path file) {
        String path = file.getParent().toString().replace('\\', '/');
        return path.substring(path.indexOf("src/main/java/") + "src/main/java/".length());
    }
}
