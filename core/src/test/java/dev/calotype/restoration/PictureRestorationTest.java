package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.image.HoleMask;
import dev.calotype.image.HoleMask.Shade;
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
    void whatIsStoppedBeforeAMethodIsChosenIsLeftAsItWas() throws IOException {
        for (Method method : List.of(Methods.named("dip-ema", List.of()), Methods.named("auto", List.of()))) {
            Follower follower = new Follower(0);
            Done done = run(method, new Budget(3600, 0), follower);
            assertThat(done.stopped()).isTrue();
            assertThat(done.iterations()).isZero();
            assertThat(follower.sentences.get(1)).isEqualTo("By " + method.kind() + ", stopped before it began.");
            assertThat(PictureFile.read(folder.resolve("out.png")).colours())
                    .isEqualTo(PictureFile.read(image).colours());
        }
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

    private Damaged.Incomplete holes(Picture mask) throws IOException {
        PngFile.write(folder.resolve("mask.png"), mask);
        return new Damaged.Incomplete(folder.resolve("mask.png"), Shade.WHITE);
    }

    private static Picture square(int from, int to) {
        byte[] mask = new byte[32 * 32];
        for (int y = from; y < to; y++) for (int x = from; x < to; x++) mask[y * 32 + x] = (byte) 255;
        return new Picture(32, 32, 1, mask);
    }

    @Test
    void whatIsTakenForMissingIsWrittenAloneOrBesideTheAnswer() throws IOException {
        Picture square = square(4, 9);
        Path found = folder.resolve("found.png");
        HoleMask hole = PictureRestoration.mask(image, holes(square), found, Existing.REFUSE);
        assertThat(hole.count()).isEqualTo(25);
        assertThat(PictureFile.read(found).colours()).isEqualTo(square);
        assertThatThrownBy(() -> PictureRestoration.mask(image, holes(square), found, Existing.REFUSE))
                .hasMessageContaining("found.png");
        assertThatThrownBy(() ->
                        PictureRestoration.mask(image, holes(square), folder.resolve("found.jpg"), Existing.REFUSE))
                .hasMessageStartingWith("a mask is written without loss, to .png, .tif or .webp: ");
        assertThatThrownBy(() -> PictureRestoration.mask(
                        image, new Damaged.Noisy(), folder.resolve("none.png"), Existing.REFUSE))
                .hasMessage("there is a mask only where pixels are missing");
        assertThat(folder.resolve("none.png")).doesNotExist();
        var request = new Request(image, holes(square), SMOOTH, Equipment.Sources.NONE, 0, new Budget(0, 1), 0);
        Path out = folder.resolve("out.png"), beside = folder.resolve("beside.png");
        PictureRestoration.run(request, new Output(out, Existing.REFUSE, null, 0, beside), new Follower(99));
        assertThat(PictureFile.read(beside).colours()).isEqualTo(square);
        for (Path wrong : List.of(folder.resolve("beside.jpg"), beside, folder.resolve("mask.png")))
            assertThatThrownBy(() -> PictureRestoration.run(
                            request,
                            new Output(folder.resolve("new.png"), Existing.REFUSE, null, 0, wrong),
                            new Follower(99)))
                    .hasMessageContaining(wrong.getFileName().toString());
        assertThat(folder.resolve("new.png")).doesNotExist();
    }

    /** Before the first iteration, not after hours. */
    @Test
    void whatTheFormatCannotHoldIsRefusedBeforeTheWork() throws IOException {
        PngFile.write(image, Studies.smooth(2000, 4, 1, 5));
        Follower follower = new Follower(99);
        var request = new Request(
                image, new Damaged.Small(9, Filter.BICUBIC), SMOOTH, Equipment.Sources.NONE, 0, new Budget(0, 1), 0);
        assertThatThrownBy(() -> PictureRestoration.run(
                        request, new Output(folder.resolve("out.webp"), Existing.REFUSE, null, 0), follower))
                .hasMessageStartingWith("a WebP picture has at most 16383 pixels a side, take .png: 18000 x 36");
        assertThat(follower.seen).isEmpty();
    }

    @Test
    void ofEightBitsNoneIsSaidToBeLost() throws IOException {
        Follower follower = new Follower(99);
        var request = new Request(image, new Damaged.Noisy(), SMOOTH, Equipment.Sources.NONE, 25, new Budget(0, 1), 0);
        PictureRestoration.run(request, new Output(folder.resolve("out.jpg"), Existing.REPLACE, null, 0), follower);
        assertThat(follower.sentences).noneMatch(sentence -> sentence.contains("holds 8 bits"));
    }

    @Test
    void whatCannotBeDoneIsRefusedBeforeTheInputIsRead() throws IOException {
        var useless = new Equipment.Sources(
                "", "weights.pth", "", Equipment.Sources.NONE.device(), Equipment.Sources.NONE.precision());
        var request = new Request(image, new Damaged.Noisy(), SMOOTH, useless, 25, new Budget(0, 1), 0);
        Output output = new Output(folder.resolve("out.png"), Existing.REFUSE, null, 0);
        assertThatThrownBy(() -> PictureRestoration.run(request, output, new Follower(99)))
                .hasMessageStartingWith("`dncnn` is of no use for the method tv");
        PngFile.write(folder.resolve("out.png"), square(1, 2));
        var plain = new Request(image, new Damaged.Noisy(), SMOOTH, Equipment.Sources.NONE, 25, new Budget(0, 1), 0);
        try (Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
            assertThatThrownBy(() -> PictureRestoration.run(plain, equipment, output, new Follower(99)))
                    .hasMessageContaining("out.png");
        }
    }

    @Test
    void partsThatAreLeftShareTheSecondsThatAreLeft() {
        assertThat(PictureRestoration.share(new Budget(10, 7), 4, 3)).isEqualTo(new Budget(2, 7));
        assertThat(PictureRestoration.share(Budget.UNLIMITED, 4, 3)).isEqualTo(Budget.UNLIMITED);
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
