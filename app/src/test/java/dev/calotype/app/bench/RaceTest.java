package dev.calotype.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.app.bench.BenchReport.Entry;
import dev.calotype.app.bench.BenchReport.Outcome;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol, with peers that are shell scripts. */
class RaceTest {
    /** Says it is there, then answers every line; {@code $2} is {@code folder=DIR}. */
    private static final String HELLO =
            "printf '{\"precision\":\"fp32\",\"versions\":{\"fake\":\"1\"},\"outputs\":\"%s/theirs.safetensors\"}\\n'"
                    + " \"${2#folder=}\"; ";

    /** Two threads are twice as fast as one. */
    private static final String ANSWERS = "t=2; while read what n; do"
            + " if [ $what = threads ]; then if [ $n = 1 ]; then t=4; else t=2; fi; s=; else s=$t.0; fi;"
            + " echo \"{\\\"seconds\\\":[$s],\\\"peak_mb\\\":7}\"; done";

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void engine() {
        Engine.load(0);
    }

    /** Has the outputs 3 and 4. */
    private static final class Fake implements Work {
        int iterations;

        @Override
        public Description description() {
            return new Description("turn", Map.of("batch", "5"), "fp32", 1, 1e-3);
        }

        @Override
        public Map<String, float[]> prepare(Path folder) {
            return Map.of("y", new float[] {3, 4});
        }

        @Override
        public void iterate() {
            iterations++;
            LockSupport.parkNanos(300_000_000);
        }
    }

    private Entry race(PeerCommand command, Duration patience, double... outputs) throws IOException {
        Scope.run(() -> {
            try {
                SafeTensors.write(folder.resolve("theirs.safetensors"), Map.of("y", Tensors.of(outputs)), Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return new Race(new Fake(), folder, new Race.Plan(3, 1, patience), said::add).against(command);
    }

    private Entry race(String script, double... outputs) throws IOException {
        return race(shell(script), Duration.ofMinutes(5), outputs);
    }

    private static PeerCommand shell(String script) {
        return new PeerCommand("fake", List.of("sh", "-c", script, "fake"), List.of(1, 2), "get it at the market");
    }

    @Test
    void aPeerWithOurOutputsRacesWithItsBestThreads() throws IOException {
        Entry entry = race(HELLO + ANSWERS, 3, 4.0001);
        assertThat(entry.note()).isEmpty();
        assertThat(entry.outcome()).isEqualTo(Outcome.RACED);
        assertThat(entry.difference()).isCloseTo(0.0001 / 5, within(1e-6));
        assertThat(entry.tried()).isEqualTo(Map.of(1, 4.0, 2, 2.0));
        assertThat(entry.theirs().threads()).isEqualTo(2);
        assertThat(entry.theirs().seconds().median()).isEqualTo(2.0);
        assertThat(entry.theirs().peakMb()).isEqualTo(7);
        assertThat(entry.theirs().versions()).containsEntry("fake", "1");
        assertThat(entry.pairs()).isEqualTo(3);
        assertThat(entry.ratio().median() * entry.ours().seconds().median()).isCloseTo(2.0, within(0.2));
        assertThat(said).contains("starting fake", "racing fake with 2 threads");
    }

    @Test
    void aPeerIsToldTheWorkAndItsSettings() throws IOException {
        Entry entry = race("echo \"{\\\"error\\\":\\\"$1 $4\\\"}\"");
        assertThat(entry.note()).isEqualTo("peer=fake batch=5");
    }

    @Test
    void otherOutputsAreRefused() throws IOException {
        Entry entry = race(HELLO + ANSWERS, 3, 5);
        assertThat(entry.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(entry.difference()).isCloseTo(0.2, within(1e-6));
        assertThat(entry.note()).isEqualTo("its outputs differ from ours by 0.20 of their norm, more than 0.0010");
        assertThat(entry.ratio()).isNull();
    }

    @Test
    void fewerOutputsAreRefused() throws IOException {
        assertThat(race(HELLO + ANSWERS, 3).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void outputsThatAreNoNumbersAreRefused() throws IOException {
        assertThat(race(HELLO + ANSWERS, 3, Double.NaN).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void bf16MayDifferFurther() throws IOException {
        String bf16 = HELLO.replace("fp32", "bf16");
        assertThat(race(HELLO + ANSWERS, 3, 4.1).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(race(bf16 + ANSWERS, 3, 4.1).outcome()).isEqualTo(Outcome.RACED);
        assertThat(race(bf16 + ANSWERS, 3, 4.5).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void aMissingPackageSaysHowToInstallIt() throws IOException {
        Entry entry = race("echo '{\"missing\":\"Python package torch\"}'");
        assertThat(entry.outcome()).isEqualTo(Outcome.MISSING);
        assertThat(entry.note()).isEqualTo("there is no Python package torch; get it at the market");
    }

    @Test
    void aMissingProgramSaysHowToInstallIt() throws IOException {
        String nowhere = folder.resolve("python").toString();
        PeerCommand command = new PeerCommand("fake", List.of(nowhere), List.of(1), "get it at the market");
        Entry entry = race(command, Duration.ofMinutes(5));
        assertThat(entry.outcome()).isEqualTo(Outcome.MISSING);
        assertThat(entry.note()).isEqualTo("there is no " + nowhere + "; get it at the market");
    }

    @Test
    void aPeerThatStopsSaysItsLastWords() throws IOException {
        Entry entry = race("echo 'out of paper' >&2; exit 3");
        assertThat(entry.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(entry.note()).isEqualTo("it ended without an answer: out of paper");
    }

    @Test
    void aPeerThatFailsOnTheWayIsNamedWithItsError() throws IOException {
        Entry entry = race(HELLO + "while read what n; do echo '{\"error\":\"no more memory\"}'; done", 3, 4);
        assertThat(entry.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(entry.note()).isEqualTo("no more memory");
    }

    @Test
    void aPeerThatTalksNonsenseFails() throws IOException {
        assertThat(race("echo hello").note()).isEqualTo("its answer cannot be read: hello");
        assertThat(race("echo 3").note()).isEqualTo("its answer is no JSON object: 3");
    }

    @Test
    void aPeerThatIsSilentIsNotWaitedForForever() throws IOException {
        Entry entry = race(shell("read x"), Duration.ofMillis(200));
        assertThat(entry.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(entry.note()).startsWith("it has not answered within");
    }

    @Test
    void theSpreadOfSomeValues() {
        assertThat(Spread.of(5, 1, 2, 4, 3)).isEqualTo(new Spread(3, 1, 2, 4, 5));
        assertThat(Spread.of(1, 2)).isEqualTo(new Spread(1.5, 1, 1.25, 1.75, 2));
    }
}
