package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    private static final String HERE = Loader.getPlatform();

    @TempDir
    private Path folder;

    /** Loads the engine and says what came of it. */
    static final class Loading {
        public static void main(String[] arguments) {
            try {
                Engine.load(1);
                System.out.println("loaded with bounds " + Pointer.maxBytes() + ", " + Pointer.maxPhysicalBytes());
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void withoutNativesOnTheClassPathOneSentenceSaysWhatToAdd() throws Exception {
        assertThat(child(jar -> !isNative(jar), List.of()))
                .containsExactly("the class path lacks the engine's native libraries for " + HERE
                        + " (javacpp, openblas, pytorch): add the dependency dev.calotype:calotype-platform");
    }

    @Test
    void aLibraryThatAloneIsMissingIsNamed() throws Exception {
        assertThat(child(jar -> !(isNative(jar) && jar.contains("openblas")), List.of()))
                .containsExactly("the class path lacks the engine's native libraries for " + HERE
                        + " (openblas): add the dependency dev.calotype:calotype-platform");
    }

    @Test
    void nativesOfAnotherPlatformAreNotTakenForThese() throws Exception {
        String other = HERE.equals("macosx-arm64") ? "linux-x86_64" : "macosx-arm64";
        Path foreign = folder.resolve("org/bytedeco/pytorch/" + other);
        Files.createDirectories(foreign);
        Files.writeString(foreign.resolve("libjnitorch.so"), "of another machine");
        assertThat(child(jar -> !isNative(jar), List.of(), folder.toString()))
                .containsExactly("the class path lacks the engine's native libraries for " + HERE
                        + " (javacpp, openblas, pytorch; it has those for " + other
                        + "): add the dependency dev.calotype:calotype-platform");
    }

    @Test
    void aPlatformForWhichThereAreNoNativesIsNamed() throws Exception {
        assertThat(child(jar -> !isNative(jar), List.of("-Dorg.bytedeco.javacpp.platform=linux-armhf")))
                .containsExactly("the engine has no native libraries for linux-armhf: take a 64-bit JDK for one of"
                        + " linux-x86_64, macosx-arm64, macosx-x86_64, windows-x86_64");
    }

    @Test
    void theEngineTakesAwayJavaCppsBoundsUnlessSomebodySetThem() throws Exception {
        assertThat(child(jar -> true, List.of())).containsExactly("loaded with bounds 0, 0");
        assertThat(child(jar -> true, List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g")))
                .containsExactly("loaded with bounds 0, " + (8L << 30));
    }

    @Test
    void aNegativeNumberOfThreadsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engine.load(-1))
                .withMessage("threads must be in 0..1024: -1");
    }

    private static boolean isNative(String jar) {
        return jar.matches(".*(linux|macosx|windows)-[a-z0-9_]+(-gpu)?\\.jar");
    }

    /** What a JVM says that has those entries of the class path. */
    private List<String> child(Predicate<String> entry, List<String> options, String... more)
            throws IOException, InterruptedException {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> path = Arrays.stream(all.split(File.pathSeparator))
                .filter(jar -> !jar.isEmpty())
                .filter(entry)
                .collect(Collectors.toCollection(ArrayList::new));
        path.addAll(List.of(more));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), Loading.class.getName()));
        Path errors = folder.resolve("errors");
        Process child =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> said = child.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(child.waitFor()).as(Files.readString(errors)).isZero();
        return said;
    }
}
