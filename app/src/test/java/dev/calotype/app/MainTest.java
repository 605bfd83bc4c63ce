package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.calotype.tensor.Device;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What a person meets first: help, wrong usage, exit codes. */
public class MainTest {
    @TempDir
    private Path folder;

    /** One run of the command line. */
    public record Run(int exit, String out, String err) {
        public static Run of(String... arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine command = Main.commandLine(Main.wanted(arguments));
            command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
            int exit = command.execute(arguments);
            if (List.of(arguments).contains("--json"))
                assertThat(out.toString())
                        .as("numbers are numbers, or null")
                        .doesNotContain("\"NaN\"", "\"Infinity\"", "\"-Infinity\"");
            return new Run(exit, out.toString(), err.toString());
        }

        public String lastLine() {
            return out.lines().reduce("", (first, second) -> second);
        }
    }

    @Test
    void whatTheEngineGetsNoMemoryForIsToldInOneSentence() {
        Throwable full = catchThrowable(() -> Device.CPU.zeros(1L << 44));
        assertThat(Main.message(full))
                .startsWith("there was not enough memory: the engine wanted 67108864 MB more")
                .doesNotContain("unexpected");
    }

    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItself(String command) {
        Run run = Run.of(command, "--help");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("Usage: calotype " + command).doesNotContain("WARN", "null");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandThatIsCalledIsLookedAtAlone(String command) {
        boolean needsAll = command.equals("help") || command.equals("generate-completion");
        assertThat(Main.wanted(command, "--help"))
                .hasSize(needsAll ? Main.commandLine().getSubcommands().size() : 1);
    }

    @Test
    void allAreLookedAtWhereItIsNotClearWhichIsMeant() {
        int all = Main.commandLine().getSubcommands().size();
        assertThat(Main.wanted()).hasSize(all);
        assertThat(Main.wanted("--help")).hasSize(all);
        assertThat(Main.wanted("trian")).hasSize(all);
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        Run run = Run.of("doctor", "--nonsense");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--nonsense");
    }

    @Test
    void anUnknownRecipeIsWrongUsageInOneSentence() {
        Run run = Run.of("train", "no-such-recipe", "--dry-run");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("calotype: there is no recipe no-such-recipe");
    }

    @Test
    void anUnknownMetricNamesTheNearestOne() {
        Run run = Run.of("evaluate", "rooms:test", "--against", "rooms:train", "--metrics", "fid,msssim");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("there is no metric 'msssim', did you mean 'ms-ssim'?", "memorization");
    }

    @Test
    void picturesNeedSomethingToCompareWith() {
        Run run = Run.of("evaluate", folder.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("is no run: it needs --against DATA");
    }

    @Test
    void anUnknownKeyNamesTheNearestOne() throws Exception {
        Path recipe = Files.writeString(folder.resolve("r.yaml"), "trainig: {batch: 4}\n");
        Run run = Run.of("train", recipe.toString(), "--dry-run");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("unknown key trainig; did you mean training?");
    }

    @Test
    void aDryRunPrintsEveryValueAndTrainsNothing() throws Exception {
        Path recipe = Files.writeString(folder.resolve("r.yaml"), "name: mine\n");
        Run run = Run.of(
                "train",
                recipe.toString(),
                "--set",
                "training.batch=7",
                "--out",
                folder.resolve("runs").toString(),
                "--dry-run");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("name: mine", "batch: 7", "schedule: cosine");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void aMissingPathIsAFailureInOneSentence() {
        Run run = Run.of("data", "inspect", folder.resolve("nowhere").toString());
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("calotype: ")
                .contains("nowhere");
    }

    @Test
    void aFolderThatIsNoRunIsWrongUsage() {
        Run run = Run.of(
                "sample", folder.toString(), "--out", folder.resolve("x.png").toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("is not a run: it has no experiment.yaml");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(Run.of("--version").out())
                .matches("(?s)calotype \\d+\\.\\d+\\.\\d+\\S*( \\(commit [0-9a-f]+\\))?\\Rlibtorch .+\\RJava \\d+.*");
    }
}
