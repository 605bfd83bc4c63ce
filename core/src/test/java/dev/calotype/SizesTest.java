package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
    private static final int MOST_LINES = 350;
    private static final int MEDIAN_LINES = 80;

    /** One idea: damage, operators and what undoes it. */
    private static final Set<String> LARGE = Set.of("dev/calotype/restore");

    private static List<Path> sources() throws IOException {
        Path root = Path.of("..").toRealPath();
        try (Stream<Path> files = Stream.of("core", "studio", "app", "bench")
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

    @Test
    void noFileHasMoreThan350Lines() throws IOException {
        for (Path file : sources())
            assertThat(Files.readAllLines(file).size()).as(file.toString()).isLessThanOrEqualTo(MOST_LINES);
    }

    @Test
    void halfOfTheFilesHaveAtMostEightyLines() throws IOException {
        List<Integer> lines = new ArrayList<>();
        for (Path file : sources())
            if (!file.endsWith("package-info.java"))
                lines.add(Files.readAllLines(file).size());
        Collections.sort(lines);
        assertThat(lines.get(lines.size() / 2)).isLessThanOrEqualTo(MEDIAN_LINES);
    }

    private static String folder(Path file) {
        String path = file.getParent().toString().replace('\\', '/');
        return path.substring(path.indexOf("src/main/java/") + "src/main/java/".length());
    }
}
