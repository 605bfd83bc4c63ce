package dev.calotype.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.calotype.attack.Attacked.Outcome;
import dev.calotype.attack.Attacked.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, its reader reads it or says what is wrong with it in one sentence. {@code -Dattack.files=10000} attacks
 * each reader by so many files, {@code -Dattack.seconds=600} at least as long, and prints how many that were; {@code -Dattack.seed=7}
 * changes them otherwise, {@code -Dattack.reader=png,jpeg} attacks these readers alone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttackTest {
    private static final int IN_VERIFY = 12;
    private static final int FILES = Integer.getInteger("attack.files", IN_VERIFY);
    private static final long SECONDS = Long.getLong("attack.seconds", 0);
    private static final long SEED = Long.getLong("attack.seed", 1);

    @TempDir
    static Path scratch;

    private List<Attacked> readers;

    @BeforeAll
    void seeds() throws IOException {
        readers = AttackedReaders.all(Files.createDirectory(scratch.resolve("made")));
    }

    Stream<Attacked> readers() {
        List<String> only = List.of(System.getProperty("attack.reader", "").split(","));
        return readers.stream().filter(reader -> only.contains("") || only.contains(reader.name()));
    }

    @ParameterizedTest
    @MethodSource("readers")
    void whatWasNotChangedIsRead(Attacked reader, @TempDir Path folder) throws IOException {
        for (Seed seed : reader.seeds()) {
            Outcome outcome = reader.attack(seed, seed.bytes(), Files.createTempDirectory(folder, "seed"));
            assertThat(outcome.error()).as(seed.file()).isNull();
        }
    }

    /** What {@code bench/trust/fuzz} learned and found, of which KEEP=1 keeps a part. */
    @ParameterizedTest
    @MethodSource("readers")
    void whatWasLearnedIsReadOrRefusedInOneSentence(Attacked reader, @TempDir Path folder) throws IOException {
        InputStream learned =
                getClass().getResourceAsStream("/attack/" + reader.name().replace(' ', '-') + ".zip");
        assumeThat(learned).as("inputs for " + reader).isNotNull();
        try (ZipInputStream inputs = new ZipInputStream(learned)) {
            for (ZipEntry input = inputs.getNextEntry(); input != null; input = inputs.getNextEntry())
                assertThat(GuidedAttack.outcome(reader, inputs.readAllBytes(), folder)
                                .fault())
                        .as(input.getName())
                        .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("readers")
    void whatWasChangedIsReadOrRefusedInOneSentence(Attacked reader, @TempDir Path folder) throws IOException {
        Attack attack = new Attack(reader, SEED);
        long begin = System.nanoTime();
        for (int i = 0; i < FILES || System.nanoTime() - begin < SECONDS * 1_000_000_000L; i++) attack.once(i, folder);
        if (SECONDS > 0 || FILES != IN_VERIFY) System.out.println(attack.summary());
        assertThat(attack.faults()).as(reader.name()).isEmpty();
    }
}
