package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Likelihood;
import dev.calotype.experiment.Recipe;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Naming;
import dev.calotype.metric.Classification;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Summary;
import dev.calotype.sweep.SweepDirectory.Trained;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which number of a trial's files comes to stand where, and what is concluded of it. */
class SweepNumbersTest {
    private static final String CELLS =
            """
            name: cells
            recipe: {training: {steps: 5, minutes: 0}}
            axes: {training.batch: [4, 8, 16, 32]}
            evaluate: {scores: [fid, fid-low, fid-high, precision]}
            """;

    @TempDir
    private Path folder;

    private Sweep sweep;
    private SweepDirectory directory;

    private void create(String yaml) throws IOException {
        sweep = Sweep.parse(yaml, folder, List.of());
        directory = SweepDirectory.create(folder, sweep);
        for (Trial trial : sweep.trials()) directory.claim(trial, who -> {}).close();
    }

    private static Judgement judged(double fid, double low, double high, String network, String against)
            throws IOException {
        return new ObjectMapper()
                .readValue(
                        "{\"fid\":" + fid + ",\"fidLow\":" + low + ",\"fidHigh\":" + high
                                + ",\"precision\":0.25,\"network\":\"" + network + "\",\"hash\":\"h\",\"against\":\""
                                + against + "\",\"seconds\":2}",
                        Judgement.class);
    }

    private void judge(int cell, double fid, double low, double high) throws IOException {
        Trial trial = sweep.trials().get(cell);
        directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
        directory.write(trial, trial.variants().get(0), judged(fid, low, high, "n", "real"));
    }

    @Test
    void intervalsThatOverlapAreNamed() throws IOException {
        create(CELLS);
        judge(0, 10, 9, 11);
        judge(1, 11, 10.5, 12);
        judge(2, 12.5, 12, 13);
        judge(3, 20, 19, 21);
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "The intervals of the FID overlap: of 4 and 8; 8 and 16. Other images of the same models could"
                                + " change their order.");
        for (int cell = 0; cell < 4; cell++) judge(cell, 10, 9, 11);
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "The intervals of the FID overlap: of 4 and 8; 4 and 16; 4 and 32 and 3 more pairs. Other images of"
                                + " the same models could change their order.");
        for (int cell = 0; cell < 4; cell++) judge(cell, 10 * cell, 10 * cell - 1, 10 * cell + 1);
        assertThat(SweepTable.of(sweep, directory).notes()).noneMatch(note -> note.contains("overlap"));
    }

    @Test
    void threePairsAreNamedWithoutMore() throws IOException {
        create(CELLS.replace("[4, 8, 16, 32]", "[4, 8, 16]"));
        for (int cell = 0; cell < 3; cell++) judge(cell, 10, 9, 11);
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "The intervals of the FID overlap: of 4 and 8; 4 and 16; 8 and 16. Other images of the same models"
                                + " could change their order.");
    }

    @Test
    void trainingsOfLessThanFiveMinutesAreSaidToBeShort() throws IOException {
        create(CELLS);
        Trial first = sweep.trials().get(0), second = sweep.trials().get(1);
        directory.write(first, new Trained(5, 299.9, 3, 100, 0.5, "w"));
        directory.write(second, new Trained(5, 3, 3, 100, 0.5, "w"));
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "The trainings took 299.9 seconds at most: what is ahead after so short a time need not be ahead after"
                                + " a longer one.");
        directory.write(first, new Trained(5, 300, 3, 100, 0.5, "w"));
        assertThat(SweepTable.of(sweep, directory).notes()).noneMatch(note -> note.contains("so short a time"));
    }

    private void milestones(int cell, double... fids) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < fids.length; i++)
            lines.append("{\"step\":" + i + ",\"seconds\":1,\"validation\":1,\"score\":{\"fid\":" + fids[i] + "}}\n");
        Files.writeString(new RunDirectory(directory.trial(sweep.trials().get(cell))).milestonesFile(), lines);
    }

    @Test
    void trainingsThatWereStillBecomingBetterAreNamed() throws IOException {
        create(CELLS);
        milestones(0, 100, 80, 71); // below nine tenths of 80
        milestones(1, 100, 80, 72);
        milestones(2, 50);
        milestones(3, 100, 10);
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "The FID was still falling at the end of the training of 4 (seed 0, 80.00 to 71.00); 32 (seed 0,"
                                + " 100.0 to 10.00): with more time the order may be another.");
        for (int cell = 0; cell < 4; cell++) milestones(cell, 9, 8, 1);
        assertThat(SweepTable.of(sweep, directory).notes())
                .anyMatch(note -> note.contains("16 (seed 0, 8.000 to 1.000) and 1 more: with more time"));
    }

    @Test
    void ofTwentyTwoDegreesTheQuantileIsTwoPointZeroEight() {
        Summary zero = new Summary(0, Math.sqrt(6), 12);
        assertThat(Evidence.apart(zero, new Summary(2.07, Math.sqrt(6), 12))).isFalse();
        assertThat(Evidence.apart(zero, new Summary(2.09, Math.sqrt(6), 12))).isTrue();
        Summary ten = new Summary(0, Math.sqrt(3), 6); // 10 degrees: 2.228
        assertThat(Evidence.apart(ten, new Summary(2.22, Math.sqrt(3), 6))).isFalse();
        assertThat(Evidence.apart(ten, new Summary(2.24, Math.sqrt(3), 6))).isTrue();
    }

    @Test
    void unequalSpreadsHaveFewerDegrees() {
        // a = 1, b = 0: the degrees are those of the one that spreads, 3 - 1, whose quantile is 4.303.
        Summary spread = new Summary(0, Math.sqrt(3), 3), still = new Summary(4.2, 0.0, 30);
        assertThat(Evidence.apart(spread, still)).isFalse();
        assertThat(Evidence.apart(spread, new Summary(4.4, 0.0, 30))).isTrue();
    }

    @Test
    void aHigherPrecisionIsBetterAndALowerFid() throws IOException {
        create(CELLS.replace("[4, 8, 16, 32]", "[4, 8]") + "seeds: [0, 1]\n");
        for (int i = 0; i < 4; i++) {
            Trial trial = sweep.trials().get(i);
            directory.write(trial, new Trained(5 + i, 300 + i, 3 + i, 100 + i, 0.5 + i, "w"));
            directory.write(
                    trial,
                    trial.variants().get(0),
                    new ObjectMapper()
                            .readValue(
                                    "{\"fid\":" + (i < 2 ? 5 + i : 50 + i) + ",\"precision\":"
                                            + (i < 2 ? 0.5 + 0.01 * i : 0.1) + ",\"seconds\":" + (2 + i) + "}",
                                    Judgement.class));
            directory.write(trial, trial.variants().get(0), new SweepDirectory.Drawn(0.5 + i));
        }
        SweepTable table = SweepTable.of(sweep, directory);
        assertThat(table.markdown())
                .startsWith(
                        """
                        | training.batch | FID | precision | validation loss | steps | training s | images/s | memory MB | s per image | evaluation s |
                        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                        | 4 | **5.500 ± 0.707** | **0.505 ± 0.007** | 1.000 ± 0.707 | 6 ± 1 | 300.5 ± 0.7 | 3.500 ± 0.707 | 101 ± 1 | 1.000 ± 0.707 | 2.500 ± 0.707 |
                        | 8 | 52.50 ± 0.71 | 0.100 ± 0.000 | 3.000 ± 0.707 | 8 ± 1 | 302.5 ± 0.7 | 5.500 ± 0.707 | 103 ± 1 | 3.000 ± 0.707 | 4.500 ± 0.707 |
                        """);
        assertThat(table.csv().lines().toList().get(2))
                .startsWith("8,52.5,0.7071067811865476,2,0.1,0.0,2,3.0,")
                .endsWith(",4.5,0.7071067811865476,2");
        assertThat(table.rows()).extracting(row -> table.best(row, "fid")).containsExactly(true, false);
    }

    @Test
    void judgesAndPicturesThatDifferAreSaid() throws IOException {
        create(CELLS);
        String[] networks = {"n", "m"}, real = {"real", "other"};
        for (int i = 0; i < 2; i++) {
            Trial trial = sweep.trials().get(i);
            directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
            directory.write(trial, trial.variants().get(0), judged(1, 1, 1, networks[i], real[i]));
        }
        assertThat(SweepTable.of(sweep, directory).notes())
                .contains(
                        "Not finished: 2 trainings.",
                        "Real pictures: real; other.",
                        "The feature networks differ, so the scores do not compare: n h; m h.");
    }

    @Test
    void likelihoodsAreMeasuredByTheirPlan() throws IOException {
        create(CELLS + "seeds: [0]\n");
        Sweep with = Sweep.parse(
                CELLS.replace("evaluate: {", "evaluate: {likelihood: {images: 64, steps: 10}, "), folder, List.of());
        Trial trial = with.trials().get(0);
        Measurement.LikelihoodPlan plan = with.measurement().likelihood();
        directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
        directory.write(trial, trial.variants().get(0), judged(1, 1, 1, "n", "real"));
        assertThat(directory.done(trial, sweep.measurement())).isTrue();
        assertThat(directory.done(trial, with.measurement()))
                .as("without its likelihood")
                .isFalse();
        directory.write(trial, plan, new Likelihood("d", 64, 10, 3.25, 0.1, 0.2, new double[] {1}));
        assertThat(directory.done(trial, with.measurement())).isTrue();
        assertThat(directory.likelihood(trial, new Measurement.LikelihoodPlan("", 64, 11)))
                .as("of another plan")
                .isEmpty();
        SweepTable table = SweepTable.of(with, directory);
        assertThat(table.rows().get(0).values().get("bits-per-dim").mean()).isEqualTo(3.25);
        assertThat(table.columns()).containsSubsequence("precision", "bits-per-dim", "validation", "training-steps");
        assertThat(plan.source(trial.generative())).isEqualTo("rooms:train");
        assertThat(new Measurement.LikelihoodPlan(":test", 1, 1).source(trial.generative()))
                .isEqualTo("rooms:train:test");
        assertThat(new Measurement.LikelihoodPlan("mine", 1, 1).source(trial.generative()))
                .isEqualTo("mine");
    }

    @Test
    void aClassifierIsToldByWhatItNamesAndWhatItsNetworkCosts() throws IOException {
        create("{name: named, recipe: {kind: classifier, training: {steps: 5, minutes: 0}}}");
        Trial trial = sweep.trials().get(0);
        assertThat(trial.names()).isTrue();
        assertThat(trial.variants()).isEmpty();
        Files.writeString(new RunDirectory(directory.trial(trial)).experimentFile(), Recipe.write(trial.experiment()));
        directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
        assertThat(directory.done(trial, sweep.measurement())).isFalse();
        directory.write(
                trial,
                new Naming(
                        "shapes:test",
                        "c",
                        "h",
                        9,
                        new Classification(10, 0.75, 0.9, 0.5, 0.1, List.of(), List.of(), List.of())));
        assertThat(directory.done(trial, sweep.measurement())).isTrue();
        SweepTable table = SweepTable.of(sweep, directory);
        assertThat(table.columns())
                .containsExactly(
                        "top-1",
                        "top-5",
                        "cross-entropy",
                        "calibration-error",
                        "parameters",
                        "multiply-adds",
                        "training-steps",
                        "training-seconds",
                        "images-per-second",
                        "memory-mb");
        assertThat(table.rows().get(0).values().get("top-1").mean()).isEqualTo(0.75);
        assertThat(table.rows().get(0).values().get("top-5").mean()).isEqualTo(0.9);
        assertThat(table.rows().get(0).values().get("cross-entropy").mean()).isEqualTo(0.5);
        assertThat(table.rows().get(0).values().get("calibration-error").mean()).isEqualTo(0.1);
        assertThat(table.rows().get(0).values().get("parameters").mean()).isGreaterThan(1000);
        assertThat(table.notes()).contains("Real pictures: shapes:test.");
    }

    @Test
    void theFidOfAGanIsNoValidationLoss() throws IOException {
        create("{name: gan, recipe: {kind: gan, training: {steps: 5, minutes: 0}}}");
        Trial trial = sweep.trials().get(0);
        directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
        assertThat(SweepTable.of(sweep, directory).columns())
                .startsWith("training-steps")
                .doesNotContain("validation");
    }

    @Test
    void whatIsMeasuredIsWhatIsUsualAndWhatScoresWant() throws IOException {
        create(CELLS.replace("scores: [", "scores: [sfid, "));
        Measurement measurement = sweep.measurement();
        assertThat(measurement.measures())
                .contains(Measure.FID, Measure.SFID, Measure.FID_INTERVAL, Measure.ROOM)
                .doesNotContain(Measure.IS);
        var experiment = sweep.trials().get(0).generative();
        assertThat(measurement.against(experiment)).isEqualTo(experiment.reference());
        assertThat(measurement.network(experiment))
                .isEqualTo(experiment.evaluation().network())
                .isNotEmpty();
        Measurement own = new Measurement(64, 0, "mine", "inception", List.of(), measurement.likelihood());
        assertThat(own.against(experiment)).isEqualTo("mine");
        assertThat(own.network(experiment)).isEqualTo("inception");
        new Measurement(0, 0, "", "", List.of(), measurement.likelihood());
        for (int images : new int[] {1, 63, -1})
            assertThatThrownBy(() -> new Measurement(images, 0, "", "", List.of(), measurement.likelihood()))
                    .hasMessage("evaluate.images must be 0 or at least 64: " + images);
        assertThatThrownBy(() -> new Measurement.LikelihoodPlan("", -1, 1))
                .hasMessage("evaluate.likelihood.images must be at least 0: -1");
        assertThatThrownBy(() -> new Measurement.LikelihoodPlan("", 0, 0))
                .hasMessage("evaluate.likelihood.steps must be at least 1: 0");
    }

    @Test
    void columnsOfTrainingsAreNotThoseOfDrawing() {
        assertThat(Column.named("memory-mb").ofTraining()).isTrue();
        assertThat(Column.named("bits-per-dim").ofTraining()).isTrue();
        assertThat(Column.named("evaluation-seconds").ofTraining()).isFalse();
        assertThat(Column.named("sampling-seconds").ofTraining()).isFalse();
        assertThat(Column.named("fid").ofTraining()).isFalse();
        assertThat(Column.named("fid").judged()).isTrue();
        assertThat(Column.named("parameters").text(new Summary(12.5e6, null, 1)))
                .isEqualTo("12500000");
        assertThat(Column.named("training-seconds").text(new Summary(12.25, null, 1)))
                .isEqualTo("12.25");
        assertThatThrownBy(() -> Column.named("memory"))
                .hasMessageStartingWith("must be one of fid, ")
                .hasMessageContaining(": memory");
    }

    @Test
    void aDrawingIsTimedByTheImageAndIsOtherwiseTheSame() {
        DataSettings data = Recipe.parse("kind: gan", List.of()).data();
        long[] asked = {0, 0};
        Drawing drawing = Drawing.of("model", 9, data, (first, count) -> {
            asked[0] = first;
            asked[1] = count;
            long until = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < until) Thread.onSpinWait();
            return null;
        });
        TimedDrawing timed = new TimedDrawing(drawing);
        assertThat(timed.name()).isEqualTo("model");
        assertThat(timed.seed()).isEqualTo(9);
        assertThat(timed.data()).isSameAs(data);
        timed.images(3, 4);
        timed.images(7, 6);
        assertThat(asked).containsExactly(7, 6);
        assertThat(timed.secondsPerImage()).isGreaterThanOrEqualTo(0.0004).isLessThan(1e6);
    }

    @Test
    void filesOfASweepAreWhereTheyAreToldToBe() throws IOException {
        create(CELLS);
        Trial trial = sweep.trials().get(0);
        assertThat(SweepDirectory.isOne(directory.root())).isTrue();
        assertThat(SweepDirectory.isOne(folder)).isFalse();
        assertThat(directory.sweep()).isEqualTo(sweep);
        assertThat(directory.done(trial, sweep.measurement())).isFalse();
        directory.write(trial, new Trained(5, 300, 3, 100, 0.5, "w"));
        assertThat(directory.done(trial, sweep.measurement())).as("not judged").isFalse();
        directory.write(trial, trial.variants().get(0), new SweepDirectory.Drawn(0.25));
        assertThat(directory.drawn(trial, trial.variants().get(0))).contains(new SweepDirectory.Drawn(0.25));
        assertThat(directory.trained(trial)).contains(new Trained(5, 300, 3, 100, 0.5, "w"));
        assertThat(directory.named(trial)).isEmpty();
        assertThat(directory.picture(trial, trial.variants().get(0)).getFileName())
                .hasToString(trial.variants().get(0).id() + ".png");
        assertThat(directory.interpolation(trial, trial.variants().get(0)).getFileName())
                .hasToString(trial.variants().get(0).id() + "-between.png");
        directory.write(trial, new SweepDirectory.Failed("diverged"));
        assertThat(directory.done(trial, sweep.measurement()))
                .as("it would diverge again")
                .isTrue();
        assertThat(directory.failed(trial)).contains(new SweepDirectory.Failed("diverged"));
        try (var claim = directory.claim()) {
            assertThat(claim).isNotNull();
            assertThatThrownBy(() -> directory.claim()).isInstanceOf(IOException.class);
        }
        assertThat(Summary.of(List.of(1.0, 2.0)).mean()).isCloseTo(1.5, within(1e-12));
    }
}
