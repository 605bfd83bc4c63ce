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
    private static void see(StepWatcher.Part part, int iteration, int total, double levels, int choice) {
        Scope.run(() -> {
            Tensor image = Tensors.of(new float[4], 1, 1, 2, 2).add(new Scalar(levels * LEVEL));
            part.see(new Frame(iteration, total, iteration * 0.5, image, image, choice));
        });
    }

    private static int grey(Picture picture) {
        return picture.at(0, 0, 0);
    }

    @Test
    void aChangeIsTheMeanOfTheDifferenceInLevelsOf255() {
        StepWatcher watcher = watcher(2, 0, ENDLESS);
        try (StepWatcher.Part part = watcher.begin(0)) {
            see(part, 1, 4, 10, 1);
            see(part, 2, 4, 13, 2);
            see(part, 3, 4, 6, 3);
        }
        assertThat(told.get(0).change()).isNaN();
        assertThat(told.get(1).change()).isCloseTo(3, within(1e-4));
        assertThat(watcher.change()).isCloseTo(7, within(1e-4));
        assertThat(watcher.loss()).isEqualTo(1.5);
        try (StepWatcher.Part part = watcher.begin(1)) {
            see(part, 1, 4, 1, 1);
        }
        assertThat(watcher.change()).as("of a part of its own").isNaN();
    }

    @Test
    void progressIsThatOfAllPartsOrOfTheTimeIfThatIsFurther() {
        StepWatcher watcher = watcher(4, 0, ENDLESS);
        watcher.begin(0).end(new Restorer.Restored(null, 1, 3));
        try (StepWatcher.Part part = watcher.begin(1);
                StepWatcher.Part beside = watcher.begin(2)) {
            see(part, 2, 8, 0, 1);
            RestorationStatus status = told.get(0);
            assertThat(status.progress()).isEqualTo((1 + 0.25) / 4);
            assertThat(status.part()).isEqualTo(2);
            assertThat(status.parts()).isEqualTo(4);
            assertThat(status.iteration()).isEqualTo(2);
            assertThat(status.choice()).isEqualTo(1);
            assertThat(status.secondsLeft()).isPositive();
            see(beside, 1, 2, 0, 1);
            assertThat(told.get(1).progress()).as("side by side").isEqualTo((1 + 0.25 + 0.5) / 4);
            see(part, 1, 0, 0, 1);
            assertThat(told.get(2).progress())
                    .as("of an unknown number of iterations")
                    .isEqualTo(2.5 / 4);
        }
        try (StepWatcher.Part late = watcher(4, 0, new Budget.Clock(1, System.nanoTime() - 2_000_000_000L))
                .begin(0)) {
            see(late, 1, 8, 0, 1);
        }
        assertThat(told.get(3).progress()).as("the time is over").isEqualTo(1);
        assertThat(told.get(3).secondsLeft()).isZero();
    }

    @Test
    void whatIsStoppedIsTheBestEstimateNotTheLast() {
        StepWatcher watcher = watcher(2, 0, ENDLESS);
        try (StepWatcher.Part part = watcher.begin(0);
                StepWatcher.Part beside = watcher.begin(1)) {
            see(part, 1, 9, 10, 1);
            see(part, 2, 9, 20, 2);
            see(part, 3, 9, 30, 2);
            see(beside, 1, 9, 70, 1);
            stopAfter = 5;
            assertThatThrownBy(() -> see(part, 4, 9, 40, 2)).isInstanceOf(StepWatcher.Stopped.class);
            assertThat(watcher.isStopped()).isTrue();
            assertThat(part.best().orElseThrow()[0]).isCloseTo(20 / 127.5f, within(1e-6f));
            assertThatThrownBy(() -> see(beside, 2, 9, 80, 1)).isInstanceOf(StepWatcher.Stopped.class);
            assertThat(beside.best().orElseThrow()[0]).isCloseTo(70 / 127.5f, within(1e-6f));
            assertThat(watcher.iterations()).isEqualTo(4 + 2);
            assertThat(watcher.iteration()).as("of the last part").isEqualTo(1);
        }
    }

    @Test
    void whatIsBegunAfterAStopIsNotDone() {
        StepWatcher watcher = watcher(2, 0, ENDLESS);
        stopAfter = 0;
        assertThat(watcher.begin(0).best()).isEmpty();
        assertThat(watcher.isStopped()).isTrue();
    }

    @Test
    void iterationsOfAllPartsAreCountedAndTheChoiceIsThatOfTheLast() {
        StepWatcher watcher = watcher(2, 0, ENDLESS);
        try (StepWatcher.Part second = watcher.begin(1);
                StepWatcher.Part first = watcher.begin(0)) {
            see(first, 1, 2, 10, 1);
            assertThat(second.best()).as("of another part").isEmpty();
            second.end(new Restorer.Restored(null, 3, 5));
            first.end(new Restorer.Restored(null, 1, 2));
        }
        assertThat(watcher.iterations()).isEqualTo(7);
        assertThat(watcher.iteration()).isEqualTo(3);
        assertThat(watcher.isStopped()).isFalse();
    }

    @Test
    void everySecondEstimateIsWrittenUnderItsIteration() throws IOException {
        try (StepWatcher.Part part = watcher(1, 2, ENDLESS).begin(0)) {
            for (int i = 1; i <= 4; i++) see(part, i, 4, 10 * i, i);
        }
        assertThat(names()).containsExactly("000002.png", "000004.png");
        assertThat(grey(PictureFile.read(folder.resolve("000004.png")).colours()))
                .isEqualTo(168); // 127.5 + 40, rounded
        try (StepWatcher.Part part = watcher(2, 3, ENDLESS).begin(1)) {
            see(part, 3, 4, 0, 3);
        }
        assertThat(names()).contains("part-002-000003.png").hasSize(3);
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
        for (int i = 0; i < 3; i++)
            try (StepWatcher.Part part = watcher.begin(0)) {
                for (int k = 1; k <= 5; k++) see(part, k, 5, k, k % 2 == 0 ? k : 1);
            }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
