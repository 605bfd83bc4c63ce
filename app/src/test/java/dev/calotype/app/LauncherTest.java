package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code calotype} in a checkout that is built; Java is a script that prints what it is started with. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path home;
    private Path target;

    /** What the launcher printed. */
    private record Started(int exit, String text) {
        Path copy() {
            String path = text.lines()
                    .filter(line -> line.startsWith("/"))
                    .findFirst()
                    .orElseThrow();
            return Path.of(path.split(":")[0]).getParent();
        }
    }

    @BeforeEach
    void aBuiltCheckout() throws IOException {
        home = Files.createDirectory(folder.toRealPath().resolve("check out"));
        target = Files.createDirectories(home.resolve("app/target"));
        Files.createDirectories(home.resolve("app/src/main"));
        Files.createDirectories(home.resolve("core/target"));
        for (String pom : List.of("pom.xml", "app/pom.xml", "core/pom.xml")) write(home.resolve(pom), "");
        write(target.resolve("calotype-app.jar"), "app 1");
        write(home.resolve("core/target/calotype-1.jar"), "core 1");
        write(target.resolve("dependencies"), home + "/core/target/calotype-1.jar:/elsewhere/other.jar");
        long begun = Instant.now().minusSeconds(60).toEpochMilli();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.toList()) Files.setLastModifiedTime(path, FileTime.fromMillis(begun));
        }
        Files.copy(Path.of("..").resolve("calotype").toRealPath(), home.resolve("calotype"));
        java(
                """
                for word; do
                    case $word in
                        -XX:SharedArchiveFile=*/work.*) echo classes >"${word#*=}" ;;
                    esac
                    echo "$word"
                done
                """);
    }

    @Test
    void javaRunsFromACopyThatARebuildDoesNotTouch() throws Exception {
        Path first = start("--help").copy();
        assertThat(first.resolve("calotype-app.jar")).hasContent("app 1");
        assertThat(first.resolve("calotype-1.jar")).hasContent("core 1");
        assertThat(start("--help").copy()).isEqualTo(first);

        rebuild("app 2");
        Path second = start("--help").copy();
        assertThat(second).isNotEqualTo(first);
        assertThat(second.resolve("calotype-app.jar")).hasContent("app 2");
        assertThat(first.resolve("calotype-app.jar")).hasContent("app 1");
        assertThat(first.resolve("calotype-1.jar")).exists();
    }

    @Test
    void theArchiveOfClassesIsMadeOnceForEachBuild() throws Exception {
        Started first = start("--version");
        assertThat(first.text()).contains("preparing a quick start", "-XX:SharedArchiveFile=" + first.copy());
        Started again = start("--version");
        assertThat(again.text()).doesNotContain("preparing").contains("-XX:SharedArchiveFile=" + first.copy());
        rebuild("app 2");
        assertThat(start("--version").text()).contains("preparing");
        assertThat(archives(first.copy())).isEmpty();
    }

    @Test
    void aJvmThatCannotMakeAnArchiveStartsWithoutAndIsNotAskedAgain() throws Exception {
        java("case $* in *-Xshare:dump*) exit 1 ;; esac\nfor word; do echo \"$word\"; done\n");
        assertThat(start("doctor").text()).contains("preparing").doesNotContain("-XX:SharedArchiveFile");
        assertThat(start("doctor").text()).contains("doctor").doesNotContain("preparing", "-XX:SharedArchiveFile");
    }

    /** What the script "bundle" makes: Java of its own, all jars in one folder, and nothing to build. */
    @Test
    void aBundleRunsItsOwnJavaOnItsOwnJars() throws Exception {
        Path bundle = Files.createDirectory(folder.toRealPath().resolve("bun dle"));
        Files.copy(home.resolve("calotype"), bundle.resolve("calotype"));
        Files.createDirectories(bundle.resolve("runtime/bin"));
        Files.copy(folder.resolve("jdk/bin/java"), bundle.resolve("runtime/bin/java"));
        Files.copy(folder.resolve("jdk/release"), bundle.resolve("runtime/release"));
        Files.createDirectory(bundle.resolve("lib"));
        for (String jar : List.of("a.jar", "b.jar")) write(bundle.resolve("lib").resolve(jar), jar);
        home = bundle;
        java("echo the other Java\n");
        Started first = start("--help");
        assertThat(first.exit()).isZero();
        assertThat(first.text())
                .contains(
                        "preparing",
                        "-cp\n" + bundle + "/lib/a.jar:" + bundle + "/lib/b.jar\n",
                        "-Dcalotype.home=" + bundle)
                .doesNotContain("building", "the other Java");
        assertThat(start("--help").text())
                .contains("-XX:SharedArchiveFile=" + bundle + "/cache/")
                .doesNotContain("preparing");
    }

    @Test
    void theLockOfADeadProcessIsTaken() throws Exception {
        Files.createSymbolicLink(target.resolve("lock"), Path.of("999999999"));
        assertThat(start("--help").exit()).isZero();
        assertThat(target.resolve("lock")).doesNotExist();
    }

    @Test
    void argumentsAndOptionsKeepTheirOrderAndSpaces() throws Exception {
        assertThat(start("sample", "a run", "*").text())
                .endsWith("-Xone\n-Xtwo\ndev.calotype.app.Main\nsample\na run\n*\n")
                .contains("-Dcalotype.home=" + home + "\n");
    }

    @Test
    void aServerBeginsSmallAndSharesTheProcessorUnlessItIsToldOtherwise() throws Exception {
        java("echo \"wait=$OMP_WAIT_POLICY$GOMP_SPINCOUNT\"\nprintf '%s\\n' \"$@\"\n");
        Map<String, String> none = Map.of("LC_ALL", "C.UTF-8", "OMP_WAIT_POLICY", "", "GOMP_SPINCOUNT", "");
        String served = startIn(none, "studio", "--port", "0").text();
        assertThat(served).contains("wait=1000\n", "-Xms8m\n", "-XX:CompileThresholdScaling=20\n");
        assertThat(served).contains("-Dcalotype.serving=-Xms8m ", "-Dcalotype.serving.spins=4000\n");
        assertThat(served.indexOf("-Xms8m\n")).isBetween(served.indexOf("-Xms64m"), served.indexOf("-Xone"));
        assertThat(startIn(none, "sample", "studio").text())
                .contains("wait=4000\n")
                .doesNotContain("-Xms8m", "-Dcalotype.serving");
        Map<String, String> own = Map.of("LC_ALL", "C.UTF-8", "OMP_WAIT_POLICY", "active", "GOMP_SPINCOUNT", "");
        assertThat(startIn(own, "studio").text()).contains("wait=active\n").doesNotContain("calotype.serving.spins");
    }

    @Test
    void whatDrawsAFewPicturesDoesWithoutTheSecondCompilerUnlessItIsToldOtherwise() throws Exception {
        String compiler = "-XX:TieredStopAtLevel=1\n";
        String drawn = start("sample", "run").text();
        assertThat(drawn).contains(compiler);
        assertThat(drawn.indexOf(compiler)).isLessThan(drawn.indexOf("-Xone")); // the last one counts
        assertThat(start("doctor").text()).contains(compiler);
        assertThat(start("train", "sample").text()).doesNotContain(compiler);
    }

    @Test
    void noArchiveIsMadeOrTakenWhereNoneIsWanted() throws Exception {
        Map<String, String> none = Map.of("LC_ALL", "C.UTF-8", "CALOTYPE_ARCHIVE", "no");
        Started first = startIn(none, "--help");
        assertThat(archives(first.copy())).isEmpty();
        start("--help");
        assertThat(archives(first.copy())).hasSize(1);
        assertThat(startIn(none, "--help").text()).doesNotContain("SharedArchiveFile");
    }

    @Test
    void aLocaleOfAsciiIsReplacedByOneOfUtf8AndOthersAreLeftAlone() throws Exception {
        java("echo \"LC_ALL=${LC_ALL-none}\"\n");
        assumeTrue(Files.isDirectory(Path.of("/usr/lib/locale/C.utf8")), "this system has no C.UTF-8");
        for (Map<String, String> ascii : List.of(
                Map.<String, String>of(),
                Map.of("LC_ALL", "C"),
                Map.of("LC_ALL", "POSIX"),
                Map.of("LANG", "C", "LC_CTYPE", ""),
                Map.of("LANG", "C.UTF-8", "LC_ALL", "C"),
                Map.of("LANG", "xx_XX.UTF-8"))) // its data are not installed
        assertThat(startIn(ascii, "doctor").text()).as("%s", ascii).contains("LC_ALL=C.UTF-8");
        for (Map<String, String> utf8 : List.of(
                Map.of("LANG", "C.UTF-8"), Map.of("LC_CTYPE", "C.utf8"), Map.of("LANG", "C", "LC_CTYPE", "C.UTF-8")))
            assertThat(startIn(utf8, "doctor").text()).as("%s", utf8).contains("LC_ALL=none");
    }

    /** The folders are made by the shell: this JVM may not know how to name them. */
    @Test
    void classesInAnyScriptKeepTheirNamesInAnyLocale() throws Exception {
        Path pictures = folder.resolve("pictures");
        for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            Files.createDirectories(pictures.resolve(name).getParent());
            ImageIO.write(
                    new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
                    "png",
                    pictures.resolve(name).toFile());
        }
        String rename = "mv a \"$(printf '\\346\\227\\245')\" && mv b \"$(printf '\\346\\234\\210')\"";
        assertThat(new ProcessBuilder("sh", "-c", rename)
                        .directory(pictures.toFile())
                        .start()
                        .waitFor())
                .isZero();
        java("until [ $# = 0 ] || [ \"$1\" = dev.calotype.app.Main ]; do shift; done\n[ $# = 0 ] || exec '"
                + Path.of(System.getProperty("java.home"), "bin", "java") + "' -cp '"
                + System.getProperty("java.class.path") + "' \"$@\"\n");
        assertThat(startIn(Map.of("LC_ALL", "C"), "data", "inspect", "pictures", "--json")
                        .text())
                .contains("\"classes\":{\"日\":2,\"月\":2},\"unlabelled\":0");
    }

    @Test
    void aLimitOfAddressesThatIsTooTightIsToldInOneSentence() throws Exception {
        String launcher = home.resolve("calotype").toString();
        for (Map.Entry<String, String> limit : Map.of(
                        "4000000", "of which Java and the engine reserve at least", "8000000", "-Xone")
                .entrySet()) {
            ProcessBuilder limited = new ProcessBuilder(
                    "sh", "-c", "ulimit -v " + limit.getKey() + " && exec sh \"$0\" --help", launcher);
            limited.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
            limited.environment().put("CALOTYPE_OPTS", "-Xone -Xtwo");
            Process process = limited.redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).contains(limit.getValue());
            assertThat(process.waitFor()).isEqualTo(limit.getKey().equals("4000000") ? 1 : 0);
        }
    }

    private void rebuild(String app) throws IOException {
        write(target.resolve("calotype-app.jar"), app);
        Files.setLastModifiedTime(
                target.resolve("dependencies"), FileTime.from(Instant.now().plusSeconds(1)));
    }

    private void java(String script) throws IOException {
        Path java = folder.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        write(java, "#!/bin/sh\n" + script);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        write(folder.resolve("jdk/release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"17.0.1\"\n");
    }

    private Started start(String... arguments) throws IOException, InterruptedException {
        return startIn(Map.of("LC_ALL", "C.UTF-8"), arguments);
    }

    /** Starts with these variables and no others that choose a locale. */
    private Started startIn(Map<String, String> locale, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder launcher =
                new ProcessBuilder("sh", home.resolve("calotype").toString());
        launcher.command().addAll(List.of(arguments));
        launcher.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        launcher.environment().put("CALOTYPE_OPTS", "-Xone -Xtwo");
        launcher.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        launcher.environment().putAll(locale);
        Process process =
                launcher.redirectErrorStream(true).directory(folder.toFile()).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Started(process.waitFor(), text);
    }

    private static List<Path> archives(Path copy) throws IOException {
        try (Stream<Path> files = Files.list(copy)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }
}
