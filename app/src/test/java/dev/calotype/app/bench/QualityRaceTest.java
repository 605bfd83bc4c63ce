package dev.calotype.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two commits whose command line is a script that only says how good it would be. */
@DisabledOnOs(OS.WINDOWS)
class QualityRaceTest {
    /** The FID after some minutes is LEVEL / minutes, and of wavelets a tenth of that. */
    private static final String SCRIPT =
            """
            #!/bin/sh
            command=$1; subject=$2; minutes=; out=; network=
            for argument; do
                case "$argument" in training.minutes=*) minutes=${argument#*=} ;; esac
                case "$before" in --out) out=$argument ;; --network) network=$argument ;; esac
                before=$argument
            done
            case "$command" in
            doctor) echo '{}' ;;
            train)
                mkdir -p "$out/run"
                awk "BEGIN {print LEVEL / $minutes}" > "$out/run/fid"
                echo "{\\"run\\": \\"$out/run\\", \\"step\\": 7}" ;;
            sample) mkdir "$out"; cp "$subject/fid" "$out/fid"; echo '{}' ;;
            evaluate)
                fid=$(cat "$subject/fid")
                [ "$network" = scattering ] && fid=$(awk "BEGIN {print $fid / 10}")
                echo "{\\"fid\\": $fid, \\"recall\\": 0.5}" ;;
            *) echo "what is $command" >&2; exit 2 ;;
            esac
            """;

    @TempDir
    Path folder;

    private Path repository;

    @BeforeEach
    void twoCommits() throws Exception {
        repository = Files.createDirectory(folder.resolve("repository"));
        git("init", "-q");
        commit("40");
        commit("10");
    }

    private void commit(String level) throws Exception {
        Path script = repository.resolve("calotype");
        Files.writeString(script, SCRIPT.replace("LEVEL", level));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        git("add", "-A");
        git("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "commit", "-qm", level);
    }

    private void git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(repository.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private QualityRace.Result race(String against, double... parts) throws Exception {
        List<Double> shares = java.util.Arrays.stream(parts).boxed().toList();
        var request = new QualityRace.Request("HEAD", against, "quickstart", 120, shares, 2, 100);
        Path work = Files.createDirectory(folder.resolve("work"));
        return QualityRace.run(request, repository, work, line -> {});
    }

    @Test
    void theRatioAndTheShareOfTheSecondsAreThoseOfTheTwoBuilds() throws Exception {
        QualityRace.Result result = race("HEAD~1", 0.2, 0.5);
        assertThat(result.fidRatio()).isCloseTo(0.25, within(1e-3));
        assertThat(result.scatteringRatio()).isCloseTo(0.25, within(1e-3));
        // theirs is 20 at the end; ours 25 at 0.2 and 10 at 0.5, in a line of logarithms
        double share = 0.2 + 0.3 * Math.log(25 / 20.0) / Math.log(25 / 10.0);
        assertThat(result.shareToQuality()).isCloseTo(share, within(1e-3));
        assertThat(result.rows()).hasSize(8);
        assertThat(result.toString()).contains("FID ratio after 120 s: 0.250").contains("after 27 % of its seconds");
        try (Stream<Path> left = Files.list(folder.resolve("work"))) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(List.of("ours", "theirs")::contains);
        }
    }

    @Test
    void whatIsNeverAsGoodIsSaidSo() throws Exception {
        git("checkout", "-q", "HEAD~1");
        QualityRace.Result result = race("HEAD@{1}", 0.5);
        assertThat(result.fidRatio()).isCloseTo(4, within(1e-2));
        assertThat(result.shareToQuality()).isNull();
        assertThat(result.toString()).contains("not within the seconds");
    }

    @Test
    void aCommitThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> race("nonsense"))
                .isInstanceOf(IOException.class)
                .hasMessage(repository + " has no commit nonsense");
        assertThatThrownBy(() -> new QualityRace.Request("a", "b", "c", 10, List.of(1.0), 1, 100))
                .hasMessage("every part must be above 0 and below 1: 1.0");
    }

    @Test
    void aCommandThatFailsSaysWhy() throws Exception {
        Files.writeString(repository.resolve("calotype"), "#!/bin/sh\necho no engine here >&2\nexit 1\n");
        git("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "commit", "-qam", "broken");
        assertThatThrownBy(() -> race("HEAD~1"))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("doctor --json failed: no engine here");
    }
}
