package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would fail after hours, or do nothing, is told at once and by its name. */
class BadInputTest {
    @TempDir
    private Path folder;

    private String recipe() throws IOException {
        return Files.writeString(folder.resolve("r.yaml"), "data: {source: rooms, size: 32}\n")
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    evaluation.network=foo            | evaluation.network
                    evaluation.network=lenet:no.pth   | evaluation.network
                    evaluation.against=nosuch         | evaluation.against
                    evaluation.foreignJudge=allow evaluation.against=nosuch | evaluation.against
                    training.ema=[1]                  | ema
                    training.ema=[2]                  | ema
                    training.ema=[.nan]               | ema
                    training.ema=[-0.5]               | ema
                    training.ema=[0.9, 0.9]           | ema
                    training.batch=4 training.accumulate=5 | training.accumulate
                    training.batch=4 training.workers=2 training.accumulate=3 | training.accumulate
                    training.batch=2 training.workers=3 | training.workers
                    training.device=cuda:9            | cuda:9
                    data.size=16                      | 16
                    data.size=512                     | 512
                    data.source=nosuch                | nosuch
                    training.learningRate=.nan        | learningRate
                    training.learningRate=.inf        | learningRate
                    training.weightDecay=.inf         | weightDecay
                    training.clip=Infinity            | clip
                    training.minutes=NaN              | minutes
                    training.beta2=.nan               | beta2
                    process.minSnrGamma=.inf          | minSnrGamma
                    sampling.guidance=.nan            | guidance
                    sampling.guidance=2               | sampling.guidance
                    sampling.eta=0.5                  | sampling.eta
                    training.stepz=5                  | training.stepz
                    """)
    void aDryRunRefusesIt(String settings, String name) throws IOException {
        String[] arguments = new String[3 + 2 * settings.split(" (?=[a-z])").length];
        arguments[0] = "train";
        arguments[1] = recipe();
        arguments[2] = "--dry-run";
        int i = 3;
        for (String setting : settings.split(" (?=[a-z])")) {
            arguments[i++] = "--set";
            arguments[i++] = setting;
        }
        Run run = Run.of(arguments);
        assertThat(run.exit()).as(run.err()).isNotZero();
        assertThat(run.err().lines()).singleElement().asString().contains(name);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aDryRunOfASweepOpensWhatItsCellsName() throws IOException {
        Files.writeString(folder.resolve("base.yaml"), "data: {source: rooms, size: 32}\n");
        Path sweep = Files.writeString(folder.resolve("s.yaml"), "name: s\nrecipe: base.yaml\n");
        assertThat(Run.of("sweep", sweep.toString(), "--dry-run").exit()).isZero();
        Run run = Run.of("sweep", sweep.toString(), "--dry-run", "--set", "data.size=16");
        assertThat(run.exit()).isNotZero();
        assertThat(run.err()).contains("16");
        run = Run.of("sweep", sweep.toString(), "--dry-run", "--set", "evaluation.network=foo");
        assertThat(run.exit()).isNotZero();
        assertThat(run.err()).contains("foo");
    }

    @ParameterizedTest
    @CsvSource({
        "nosuch --help,nosuch",
        "trian --help,train",
        "help nosuch,nosuch",
        "help trian,train",
        "data nosuch --help,nosuch"
    })
    void aCommandThatDoesNotExistIsAnErrorAlsoForHelp(String line, String name) {
        Run run = Run.of(line.split(" "));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("there is no command", name);
    }

    @Test
    void helpOfACommandThatExistsIsPrinted() {
        assertThat(Run.of("help", "train").exit()).isZero();
        assertThat(Run.of("help", "train").out()).contains("--resume");
        assertThat(Run.of("help").exit()).isZero();
        assertThat(Run.of("--help").exit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "grid.gif", "grid.avif", "sub/grid.BMP"})
    void whatIsNeitherAPictureThatIsWrittenNorAnArrayNorAFolderIsNoOutput(String out) {
        Run run = Run.of("sample", folder.toString(), "--out", out);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--out");
    }

    @Test
    void anEmptyPathIsWrongUsageEverywhere() throws IOException {
        for (String[] arguments : new String[][] {
            {"train", recipe(), "--out", ""},
            {"train", "--resume", ""},
            {"quickstart", "--out", ""},
            {"sweep", "", "--dry-run"},
            {"train", "", "--dry-run"},
            {"train", recipe(), "--data", "", "--dry-run"}
        }) assertThat(Run.of(arguments).exit()).as(String.join(" ", arguments)).isEqualTo(2);
    }

    @Test
    void aRecipeThatIsNotThereNamesThoseThatContainItsName() throws IOException {
        Path home = Files.createDirectories(folder.resolve("recipes"));
        for (String name : new String[] {"dcgan-rooms64", "dcgan-collapse", "quickstart"})
            Files.writeString(home.resolve(name + ".yaml"), "data: {source: rooms, size: 32}\n");
        String before = System.getProperty("calotype.home");
        System.setProperty("calotype.home", folder.toString());
        try {
            assertThat(Run.of("train", "dcgan", "--dry-run").err())
                    .contains("did you mean 'dcgan-collapse' or 'dcgan-rooms64'?");
            assertThat(Run.of("train", "quikstart", "--dry-run").err()).contains("did you mean 'quickstart'?");
            Path sweep = Files.writeString(folder.resolve("s.yaml"), "name: s\nrecipe: quickstart\n");
            assertThat(Run.of("sweep", sweep.toString(), "--dry-run").exit()).isZero();
        } finally {
            if (before == null) System.clearProperty("calotype.home");
            else System.setProperty("calotype.home", before);
        }
    }
}
