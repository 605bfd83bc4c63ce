package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.judge.Judgement;
import dev.calotype.settings.Summary;
import dev.calotype.sweep.SweepDirectory.Failed;
import dev.calotype.sweep.SweepDirectory.Trained;
import dev.calotype.sweep.SweepTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTableTest {
    private static final String SWEEP =
            """
            name: two
            recipe: {training: {steps: 5, minutes: 0}}
            axes: {training.batch: [4, 8]}
            seeds: [0, 1]
            evaluate: {scores: [fid, precision], axes: {sampling.steps: [10, 20]}}
            """;

    @TempDir
    private Path folder;

    private Sweep sweep;
    private SweepDirectory directory;

    @BeforeEach
    void empty() throws IOException {
        sweep = Sweep.parse(SWEEP, folder, List.of());
        directory = SweepDirectory.create(folder, sweep);
        for (Trial trial : sweep.trials()) directory.claim(trial, who -> {}).close();
    }

    static Judgement judgement(double fid, double precision) throws IOException {
        return new ObjectMapper()
                .readValue(
                        "{\"fid\":" + fid + ",\"precision\":" + precision
                                + ",\"network\":\"n\",\"hash\":\"h\",\"seconds\":2,\"caveats\":[\"few\"],\"shares\":{}}",
                        Judgement.class);
    }

    /** FIDs 10 and 12, then 9 and 9 with more steps, of the first cell; the second cell diverged with one seed. */
    private void fill() throws IOException {
        for (int i = 0; i < 3; i++) {
            Trial trial = sweep.trials().get(i);
            directory.write(trial, new Trained(5, 7 + i, 3, 100, 0.5, "w"));
            directory.write(trial, trial.variants().get(0), judgement(10 + 2 * i, 0.5));
            directory.write(trial, trial.variants().get(1), judgement(9, 0.75));
        }
        directory.write(sweep.trials().get(3), new Failed("the loss diverges"));
    }

    @Test
    void rowsAreMeansAndSpreadsOverTheSeeds() throws IOException {
        fill();
        SweepTable table = SweepTable.of(sweep, directory);
        assertThat(table.columns())
                .containsExactly(
                        "fid",
                        "precision",
                        "validation",
                        "training-steps",
                        "training-seconds",
                        "images-per-second",
                        "memory-mb",
                        "evaluation-seconds");
        Row first = table.rows().get(0);
        assertThat(first.labels()).containsExactly("4", "10");
        assertThat(first.values().get("fid")).isEqualTo(new Summary(11, Math.sqrt(2), 2));
        assertThat(first.values().get("training-seconds").mean()).isEqualTo(7.5);
        Row third = table.rows().get(2);
        assertThat(third.values().get("fid")).isEqualTo(new Summary(14, null, 1));
        assertThat(third.failures()).containsExactly("seed 1: the loss diverges");
        assertThat(table.rows()).extracting(Row::open).containsOnly(0);
        assertThat(table.notes())
                .containsExactly(
                        "Failed: 8, seed 1: the loss diverges.",
                        "Feature network: n h.",
                        "No cell is told apart from all others: the seeds of one differ as much as the cells do.",
                        "The trainings took 9.000 seconds at most: what is ahead after so short a time need not be ahead after"
                                + " a longer one.",
                        "few");
    }

    @Test
    void theBestOfAColumnIsMarkedWhereTheSeedsTellItApartAndACostIsNot() throws IOException {
        double[][] fids = {{10, 8, 20, 22}, {10.1, 8.1, 20.2, 22}};
        for (int i = 0; i < 4; i++) {
            Trial trial = sweep.trials().get(i);
            directory.write(trial, new Trained(5, 7 + i, 3, 100, 0.5, "w"));
            for (int v = 0; v < 2; v++)
                directory.write(
                        trial,
                        trial.variants().get(v),
                        judgement(fids[i % 2][i / 2 * 2 + v], v == 0 ? 0.5 : 0.5 + 0.1 * i));
        }
        SweepTable table = SweepTable.of(sweep, directory);
        assertThat(table.rows()).extracting(row -> table.best(row, "fid")).containsExactly(false, true, false, false);
        assertThat(table.rows()).extracting(row -> table.best(row, "precision")).containsOnly(false);
        assertThat(table.rows())
                .extracting(row -> table.best(row, "training-seconds"))
                .containsOnly(false);
        assertThat(table.markdown())
                .startsWith("| training.batch | sampling.steps | FID | precision | ")
                .contains("| 4 | 10 | 10.05 ± 0.07 |", "| 4 | 20 | **8.050 ± 0.071** |", " | 5 ± 0 | ");
        assertThat(table.notes()).noneMatch(note -> note.contains("told apart") || note.contains("one seed"));
    }

    @Test
    void oneSeedCrownsNone() throws IOException {
        Sweep one = Sweep.parse(SWEEP.replace("[0, 1]", "[0]"), folder, List.of());
        SweepDirectory place = SweepDirectory.create(folder.resolve("one"), one);
        for (int i = 0; i < 2; i++) {
            Trial trial = one.trials().get(i);
            place.claim(trial, who -> {}).close();
            place.write(trial, new Trained(5, 1200, 3, 100, 0.5, "w"));
            for (int v = 0; v < 2; v++) place.write(trial, trial.variants().get(v), judgement(1 + 100 * i + v, 0.5));
        }
        SweepTable table = SweepTable.of(one, place);
        assertThat(table.rows()).noneMatch(row -> table.best(row, "fid"));
        assertThat(table.markdown()).doesNotContain("**");
        assertThat(table.notes())
                .contains(
                        "Each was trained with one seed: how far its numbers are chance is not known, so none is called the"
                                + " best. Several seeds tell it.")
                .noneMatch(note -> note.contains("so short a time"));
    }

    @Test
    void theTableIsThereAsCsv() throws IOException {
        fill();
        SweepTable.write(sweep, directory);
        List<String> lines = Files.readAllLines(directory.csvFile());
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).startsWith("training.batch,sampling.steps,fid,fid-spread,fid-seeds,precision,");
        assertThat(lines.get(1)).startsWith("4,10,11.0,1.414213562");
        assertThat(lines.get(3)).startsWith("8,10,14.0,,1,0.5,,1,");
    }

    @Test
    void aSpreadHasTheDigitsOfItsMean() {
        assertThat(new Summary(551.52, 30.404, 2)).hasToString("551.5 ± 30.4");
        assertThat(new Summary(0.0318, 1.1e-5, 2)).hasToString("0.0318 ± 0.0000");
        assertThat(new Summary(1.2e-4, 1.1e-5, 2)).hasToString("1.20e-04 ± 1.10e-05");
        assertThat(new Summary(2.5, null, 1)).hasToString("2.500");
        assertThat(Column.MEMORY_MB.text(new Summary(721.5, 0.7, 2))).isEqualTo("722 ± 1");
    }

    @Test
    void whatIsNotThereYetIsSaid() throws IOException {
        SweepTable table = SweepTable.write(sweep, directory);
        assertThat(table.rows()).hasSize(4).extracting(Row::open).containsOnly(2);
        assertThat(table.notes()).containsExactly("Not finished: 4 trainings.");
        assertThat(Files.readString(directory.markdownFile())).contains("Not finished");
        assertThat(new ObjectMapper().readTree(directory.tableFile().toFile()).get("rows"))
                .hasSize(4);
    }

    @Test
    void numbersHaveFourDigits() {
        assertThat(List.of(0.0, 0.00012, 0.0318546, 0.1234567, 12.345678, 123.456, 12345.6))
                .extracting(Summary::number)
                .containsExactly("0.000", "1.20e-04", "0.0319", "0.123", "12.35", "123.5", "12346");
    }
}
