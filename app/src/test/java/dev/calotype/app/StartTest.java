package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who only asks waits for nothing that computes. */
class StartTest {
    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "sample --help", "sample --nonsense"})
    void answersNeedNeitherTheEngineNorTheLog(String arguments) throws Exception {
        assertThat(loaded(arguments.split(" ")))
                .contains("dev.calotype.app.Main", "picocli.CommandLine")
                .doesNotContain("org.bytedeco.javacpp.Loader") // without it no native library is loaded
                .noneMatch(name -> name.startsWith("ch.qos.logback"))
                .noneMatch(name -> name.startsWith("com.fasterxml.jackson.databind"));
    }

    /** The classes that a JVM of its own loads to answer. */
    private static List<String> loaded(String... arguments) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Xlog:class+load:stdout", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isBetween(0, 2);
        return text.lines()
                .filter(line -> line.contains(" source: "))
                .map(line -> line.replaceAll("^(\\[[^]]*])*\\s*(\\S+) source: .*", "$2"))
                .toList();
    }
}
