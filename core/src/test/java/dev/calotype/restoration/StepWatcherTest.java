package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Watcher.Frame;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told, kept and written while a picture is restored, by estimates of one grey each. */
class StepWatcherTest {
    private static final double LEVEL = 1 / 127.5;

    @TempDir
    private Path folder;

    private final List<RestorationStatus> told = new ArrayList<>();
    private int stopAfter = Integer.MAX_VALUE;

    private StepWatcher watcher(int parts, int every, Budget.Clock clock) {
        var output = new PictureRestoration.Output(
                folder.resolve("out.png"), Existing.REPLACE, every == 0 ? null : folder, every);
        return new StepWatcher(
                new PictureRestoration.Listener() {
                    @Override
                    public void planned(String sentence) {}

                    @Override
                    public void step(RestorationStatus status) {
                        told.add(status);
                    }

                    @Override
                    public boolean stopRequested() {
                        return told.size() >= stopAfter;
                    }
                },
                output,
                parts,
                clock);
    }

    private static final Budget.Clock ENDLESS = Budget.UNLIMITED.start();

    /** An estimate of so many levels above the middle grey. */
    private static void see(StepWatcher watcher, int iteration, int total, double levels, int choice) {
        Scope.run(() -> {
            Tensor image = Tensors.of(new float[4], 1, 1, 2, 2).add(new Scalar(levels * LEVEL));
            watcher.see(new Frame(iteration, total, iteration * 0.5, image, image, choice));
        });
    }

    private static int grey(Picture picture) {
        return picture.at(0, 0, 0);
    }

    @Test
    void aChangeIsTheMeanOfTheDifferenceInLevelsOf255() {
        StepWatcher watcher = watcher(1, 0, ENDLESS);
        watcher.begin(0);
        see(watcher, 1, 4, 10, 1);
        see(watcher, 2, 4, 13, 2);
        see(watcher, 3, 4, 6, 3);
        assertThat(told.get(0).change()).isNaN();
        assertThat(told.get(1).change()).isCloseTo(3, within(1e-4));
        assertThat(watcher.change()).isCloseTo(7, within(1e-4));
        assertThat(watcher.loss()).isEqualTo(1.5);
        watcher.begin(0);
        see(watcher, 1, 4, 1, 1);
        assertThat(watcher.change()).as("of a part of its own").isNaN();
        watcher.best();
    }

    @Test
    void progressIsThatOfAllPartsOrOfTheTimeIfThatIsFurther() {
        StepWatcher watcher = watcher(4, 0, ENDLESS);
        watcher.begin(1);
        see(watcher, 2, 8, 0, 1);
        RestorationStatus status = told.get(0);
        assertThat(status.progress()).isEqualTo((1 + 0.25) / 4);
        assertThat(status.part()).isEqualTo(2);
        assertThat(status.parts()).isEqualTo(4);
        assertThat(status.iteration()).isEqualTo(2);
        assertThat(status.choice()).isEqualTo(1);
        assertThat(status.secondsLeft()).isPositive();
        see(watcher, 1, 0, 0, 1);
        assertThat(told.get(1).progress())
                .as("of an unknown number of iterations")
                .isEqualTo(2 / 4.0);
        StepWatcher late = watcher(4, 0, new Budget.Clock(1, System.nanoTime() - 2_000_000_000L));
        see(late, 1, 8, 0, 1);
        assertThat(told.get(2).progress()).as("the time is over").isEqualTo(1);
        assertThat(told.get(2).secondsLeft()).isZero();
        late.best();
        watcher.best();
    }

    @Test
    void whatIsStoppedIsTheBestEstimateNotTheLast() {
        StepWatcher watcher = watcher(1, 0, ENDLESS);
        watcher.begin(0);
        see(watcher, 1, 9, 10, 1);
        see(watcher, 2, 9, 20, 2);
        see(watcher, 3, 9, 30, 2);
        stopAfter = 4;
        assertThatThrownBy(() -> see(watcher, 4, 9, 40, 2)).isInstanceOf(StepWatcher.Stopped.class);
        assertThat(watcher.isStopped()).isTrue();
        assertThat(watcher.iterations()).isEqualTo(4);
        assertThat(watcher.iteration()).isEqualTo(2);
        assertThat(watcher.best().orElseThrow()[0]).isCloseTo(20 / 127.5f, within(1e-6f));
        assertThat(watcher.best()).as("once").isEmpty();
    }

    @Test
    void iterationsOfAllPartsAreCountedAndTheChoiceIsThatOfTheLast() {
        StepWatcher watcher = watcher(2, 0, ENDLESS);
        watcher.begin(0);
        see(watcher, 1, 2, 10, 1);
        watcher.end(new Restorer.Restored(null, 1, 2));
        watcher.begin(1);
        assertThat(watcher.best()).as("of another part").isEmpty();
        watcher.end(new Restorer.Restored(null, 3, 5));
        assertThat(watcher.iterations()).isEqualTo(7);
        assertThat(watcher.iteration()).isEqualTo(3);
        assertThat(watcher.isStopped()).isFalse();
    }

    @Test
    void everySecondEstimateIsWrittenUnderItsIteration() throws IOException {
        StepWatcher watcher = watcher(1, 2, ENDLESS);
        for (int i = 1; i <= 4; i++) see(watcher, i, 4, 10 * i, i);
        assertThat(names()).containsExactly("000002.png", "000004.png");
        assertThat(grey(PictureFile.read(folder.resolve("000004.png")).colours()))
                .isEqualTo(168); // 127.5 + 40, rounded
        StepWatcher parts = watcher(2, 3, ENDLESS);
        parts.begin(1);
        see(parts, 3, 4, 0, 3);
        assertThat(names()).contains("part-002-000003.png").hasSize(3);
        watcher.best();
        parts.best();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingIsKeptOfAPartThatIsOver() {
        StepWatcher watcher = watcher(1, 0, ENDLESS);
        long before = Scope.live();
        for (int part = 0; part < 3; part++) {
            watcher.begin(part);
            for (int i = 1; i <= 5; i++) see(watcher, i, 5, i, i % 2 == 0 ? i : 1);
            watcher.end(new Restorer.Restored(null, 1, 5));
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
