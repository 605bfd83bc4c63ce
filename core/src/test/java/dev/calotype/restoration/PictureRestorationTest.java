package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restoration.PictureRestoration.Done;
import dev.calotype.restoration.PictureRestoration.Output;
import dev.calotype.restoration.PictureRestoration.Request;
import dev.calotype.restore.Budget;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureRestorationTest {
    private static final Method FITTED = Methods.named("dip", List.of("network=skip-small"));
    private static final Method SMOOTH = Methods.named("tv", List.of());

    @TempDir
    private Path folder;

    private Path image;

    /** Hears everything and stops after so many iterations. */
    private static final class Follower implements PictureRestoration.Listener {
        private final int until;
        private final List<RestorationStatus> seen = new ArrayList<>();
        private final List<String> sentences = new ArrayList<>();

        Follower(int until) {
            this.until = until;
        }

        @Override
        public void planned(String sentence) {
            sentences.add(sentence);
        }

        @Override
        public void step(RestorationStatus status) {
            seen.add(status);
        }

        @Override
        public boolean stopRequested() {
            return seen.size() >= until;
        }
    }

    @BeforeEach
    void write() throws IOException {
        image = folder.resolve("in.png");
        PngFile.write(image, Studies.smooth(32, 32, 3, 5));
    }

    private Done run(Method method, Budget budget, PictureRestoration.Listener listener) throws IOException {
        var request = new Request(image, new Damaged.Noisy(), method, Equipment.Sources.NONE, 25, budget, 0);
        return PictureRestoration.run(
                request, new Output(folder.resolve("out.png"), Existing.REPLACE, null, 0), listener);
    }

    @Test
    void whatIsStoppedEndsWithTheBestSoFar() throws IOException {
        Follower follower = new Follower(3);
        Done done = run(FITTED, new Budget(0, 50), follower);
        assertThat(done.stopped()).isTrue();
        assertThat(done.iterations()).isEqualTo(3);
        assertThat(done.iteration()).isEqualTo(3);
        Picture stopped = PictureFile.read(folder.resolve("out.png")).colours();
        Done short3 = run(FITTED, new Budget(0, 3), new Follower(99));
        assertThat(short3.stopped()).isFalse();
        assertThat(PictureFile.read(folder.resolve("out.png")).colours()).isEqualTo(stopped);
    }

    @Test
    void progressGrowsToOneAndTellsLossChangeAndChoice() throws IOException {
        Follower follower = new Follower(99);
        run(FITTED, new Budget(0, 4), follower);
        assertThat(follower.seen).extracting(RestorationStatus::progress).containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(follower.seen).extracting(RestorationStatus::choice).containsExactly(1, 2, 3, 4);
        assertThat(follower.seen).allMatch(status -> status.loss() > 0);
        assertThat(follower.seen.get(0).change()).isNaN();
        assertThat(follower.seen.get(3).change()).isPositive();
        assertThat(follower.sentences)
                .containsExactly("32 x 32 in colour, noise of sigma 25.0 given", "By dip, as asked for.");
    }

    @Test
    void partsShareTheTimeAndWhatIsNotReachedStaysAsItWas() throws IOException {
        PngFile.write(image, Studies.smooth(2400, 2000, 1, 7));
        Follower follower = new Follower(1);
        Done done = run(SMOOTH, new Budget(0, 5), follower);
        assertThat(done.parts()).isGreaterThan(1);
        assertThat(done.stopped()).isTrue();
        assertThat(follower.sentences.get(1)).contains("in " + done.parts() + " parts of");
        Picture out = PictureFile.read(folder.resolve("out.png")).colours();
        assertThat(out.at(2390, 1990, 0))
                .isEqualTo(Studies.smooth(2400, 2000, 1, 7).at(2390, 1990, 0));
    }

    @Test
    void everyPartIsToldByItsNumberAndProgressIsThatOfAll() throws IOException {
        PngFile.write(image, Studies.smooth(2400, 2000, 1, 7));
        Follower follower = new Follower(99);
        Done done = run(SMOOTH, new Budget(0, 2), follower);
        assertThat(done.parts()).isEqualTo(2);
        assertThat(done.iterations()).isEqualTo(4);
        assertThat(follower.seen).extracting(RestorationStatus::part).containsExactly(1, 1, 2, 2);
        assertThat(follower.seen).extracting(RestorationStatus::progress).containsExactly(0.25, 0.5, 0.75, 1.0);
    }

    @Test
    void partsOfAnEnlargedPictureLieWhereTheyBelong() throws IOException {
        Picture small = Studies.smooth(1040, 1000, 1, 40);
        PngFile.write(image, small);
        var damaged = new Damaged.Small(2, Filter.BICUBIC);
        Method inverse = Methods.named("pseudo-inverse", List.of());
        var request = new Request(image, damaged, inverse, Equipment.Sources.NONE, 0, Budget.UNLIMITED, 0);
        Output output = new Output(folder.resolve("out.png"), Existing.REPLACE, null, 0);
        Done done = PictureRestoration.run(request, output, new Follower(99));
        assertThat(done.parts()).isGreaterThan(1);
        Picture out = PictureFile.read(folder.resolve("out.png")).colours();
        assertThat(out.width()).isEqualTo(2080);
        assertThat(out.height()).isEqualTo(2000);
        for (int y = 8; y < 992; y += 3)
            for (int x = 8; x < 1032; x += 3)
                assertThat(out.at(2 * x, 2 * y, 0)).isCloseTo(small.at(x, y, 0), within(8));
    }

    @Test
    void equalSeedsGiveEqualPictures() throws IOException {
        run(FITTED, new Budget(0, 3), new Follower(99));
        Picture first = PictureFile.read(folder.resolve("out.png")).colours();
        run(FITTED, new Budget(0, 3), new Follower(99));
        assertThat(PictureFile.read(folder.resolve("out.png")).colours()).isEqualTo(first);
    }

    @Test
    void nothingLeaks() throws IOException {
        run(FITTED, new Budget(0, 2), new Follower(99));
        long before = Scope.live();
        run(FITTED, new Budget(0, 2), new Follower(99));
        run(FITTED, new Budget(0, 9), new Follower(2));
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
