package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import dev.calotype.restore.Evidence;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is decided about a picture and said of it before and after. */
class RestorationPlanTest {
    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();
    private final PictureRestoration.Listener listener = new PictureRestoration.Listener() {
        @Override
        public void planned(String sentence) {
            said.add(sentence);
        }

        @Override
        public void step(RestorationStatus status) {}

        @Override
        public boolean stopRequested() {
            return false;
        }
    };

    private Path in(Picture picture) throws IOException {
        PngFile.write(folder.resolve("in.png"), picture);
        return folder.resolve("in.png");
    }

    private Request request(Path image, Damaged damaged, double sigma, Budget budget) {
        return new Request(
                image, damaged, Methods.named("unchanged", List.of()), Equipment.Sources.NONE, sigma, budget, 7);
    }

    private RestorationPlan plan(Request request) throws IOException {
        try (Equipment equipment = new Equipment(request.equipment(), Scoring.NONE)) {
            return RestorationPlan.of(request, equipment, listener);
        }
    }

    private static Picture noisy(int width, int height, double deviation) {
        byte[] pixels = new byte[width * height];
        Rng rng = Rng.of(3);
        for (int i = 0; i < pixels.length; i++) {
            double normal = Math.sqrt(-2 * Math.log(1 - rng.nextDouble())) * Math.cos(2 * Math.PI * rng.nextDouble());
            pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(128 + deviation * normal)));
        }
        return new Picture(width, height, 1, pixels);
    }

    @Test
    void noiseIsGivenOrEstimatedInLevelsOf255() throws IOException {
        Path image = in(noisy(160, 120, 20));
        RestorationPlan given = plan(request(image, new Damaged.Noisy(), 12, Budget.UNLIMITED));
        assertThat(given.sigma()).isEqualTo(12 / 127.5);
        assertThat(given.isEstimated()).isFalse();
        RestorationPlan estimated = plan(request(image, new Damaged.Noisy(), Double.NaN, Budget.UNLIMITED));
        assertThat(estimated.sigma() * 127.5).isCloseTo(20, within(1.0));
        assertThat(estimated.isEstimated()).isTrue();
        RestorationPlan none = plan(request(image, new Damaged.Small(2, Filter.BICUBIC), Double.NaN, Budget.UNLIMITED));
        assertThat(none.sigma()).isZero();
        assertThat(none.isEstimated()).isFalse();
        RestorationPlan known = plan(request(image, new Damaged.Compressed(50), Double.NaN, Budget.UNLIMITED));
        assertThat(known.sigma())
                .isEqualTo(known.parts().noise().orElseThrow().sigma())
                .isPositive();
        assertThat(known.isEstimated()).isFalse();
        assertThat(said.get(0)).isEqualTo("160 x 120 in grey, noise of sigma 12.0 given");
        assertThat(said.get(1)).isEqualTo("By unchanged, as asked for.");
        assertThat(said.get(2)).startsWith("160 x 120 in grey, noise of sigma ").endsWith(" assumed");
        assertThat(said.get(4)).isEqualTo("160 x 120 in grey, noise of sigma 0.0 assumed");
        assertThatThrownBy(() -> request(image, new Damaged.Noisy(), -1, Budget.UNLIMITED))
                .hasMessage("sigma must be at least 0: -1.0");
    }

    @Test
    void noiseIsEstimatedInTheMiddleOfALargePicture() throws IOException {
        Picture centre = noisy(1024, 1024, 20);
        byte[] pixels = new byte[1424 * 1224];
        for (int y = 0; y < 1024; y++)
            System.arraycopy(centre.pixels(), y * 1024, pixels, (y + 100) * 1424 + 200, 1024);
        RestorationPlan plan = plan(
                request(in(new Picture(1424, 1224, 1, pixels)), new Damaged.Noisy(), Double.NaN, Budget.UNLIMITED));
        assertThat(plan.sigma() * 127.5).isCloseTo(20, within(0.5));
    }

    @Test
    void anAnswerTooLargeIsRefusedWithItsSize() throws IOException {
        Path image = in(new Picture(12000, 1000, 1, new byte[12_000_000]));
        assertThatThrownBy(
                        () -> plan(request(image, new Damaged.Small(16, Filter.BICUBIC), Double.NaN, Budget.UNLIMITED)))
                .hasMessageStartingWith("the answer would have 192000 x 16000 pixels, over the limit of ");
    }

    @Test
    void partsAreSmallerWhereTheAnswerIsLarger() throws IOException {
        Path image = in(Studies.smooth(2200, 1000, 1, 9));
        RestorationPlan plan =
                plan(request(image, new Damaged.Small(4, Filter.BICUBIC), Double.NaN, new Budget(60, 0)));
        Tiles tiles = plan.layout().tiles();
        assertThat(tiles.overlap()).isEqualTo(8);
        assertThat(tiles.all()).hasSizeBetween(9, 20).isEqualTo(plan.layout().damaged());
        Tiles.Tile first = tiles.all().get(0);
        assertThat(said.get(1))
                .isEqualTo("By unchanged, as asked for; in " + tiles.all().size() + " parts of " + first.width() + " x "
                        + first.height() + ", "
                        + String.format(
                                java.util.Locale.ROOT,
                                "%.1f s each, ",
                                60.0 / tiles.all().size())
                        + "to bound the memory.");
        assertThat(Tiles.of(2200, 1000, 4_000_000, 32).isSingle()).isTrue();
        assertThat(plan(request(image, new Damaged.Small(2, Filter.BICUBIC), Double.NaN, Budget.UNLIMITED))
                        .layout()
                        .tiles()
                        .overlap())
                .isEqualTo(16);
    }

    private Path mask(int width, int height, int left, int top, int side) throws IOException {
        byte[] mask = new byte[width * height];
        for (int y = top; y < top + side; y++)
            for (int x = left; x < left + side; x++) mask[y * width + x] = (byte) 255;
        PngFile.write(folder.resolve("mask.png"), new Picture(width, height, 1, mask));
        return folder.resolve("mask.png");
    }

    @Test
    void partsSideBySideHaveMoreTimeEach() throws IOException {
        Path image = in(Studies.smooth(2500, 1700, 1, 9));
        byte[] corners = new byte[2500 * 1700];
        for (int i : new int[] {0, 2499, 1699 * 2500, 1700 * 2500 - 1}) corners[i] = (byte) 255;
        PngFile.write(folder.resolve("mask.png"), new Picture(2500, 1700, 1, corners));
        Damaged holes = new Damaged.Incomplete(folder.resolve("mask.png"), Shade.WHITE);
        RestorationPlan plan = plan(request(image, holes, Double.NaN, new Budget(30, 0)));
        assertThat(plan.layout().damaged()).hasSize(4);
        int turns = PictureRestoration.turns(4, Workers.countUpTo(4));
        assertThat(turns).as("with the two threads of tests").isEqualTo(2);
        assertThat(said.get(1)).endsWith("; in 4 parts around what is missing, 15.0 s each.");
    }

    @Test
    void onlyPartsWithAHoleAreDamagedUnlessThereIsNoise() throws IOException {
        Path image = in(Studies.smooth(2500, 1700, 1, 9));
        Damaged hole = new Damaged.Incomplete(mask(2500, 1700, 2490, 1690, 3), Shade.WHITE);
        RestorationPlan clean = plan(request(image, hole, Double.NaN, new Budget(30, 0)));
        assertThat(clean.layout().tiles().all())
                .isEqualTo(clean.layout().damaged())
                .containsExactly(new Tiles.Tile(2458, 1658, 42, 42));
        assertThat(said.get(1)).endsWith("; in 1 part around what is missing, 30.0 s each.");
        RestorationPlan noisy = plan(request(image, hole, 5, Budget.UNLIMITED));
        assertThat(noisy.layout().damaged()).isEqualTo(noisy.layout().tiles().all());
        assertThat(said.get(3)).doesNotContain("with holes", "s each");
    }

    @Test
    void whatIsKnownIsPutBackToTheBit() throws IOException {
        Picture seen = Studies.smooth(20, 16, 3, 9);
        Damaged hole = new Damaged.Incomplete(mask(20, 16, 4, 2, 3), Shade.WHITE);
        RestorationPlan clean = plan(request(in(seen), hole, Double.NaN, Budget.UNLIMITED));
        Picture black = new Picture(20, 16, 3, new byte[20 * 16 * 3]);
        Picture known = laid(clean);
        for (int y = 0; y < 16; y++)
            for (int x = 0; x < 20; x++)
                for (int c = 0; c < 3; c++)
                    assertThat(known.at(x, y, c)).isEqualTo(x >= 4 && x < 7 && y >= 2 && y < 5 ? 0 : seen.at(x, y, c));
        assertThat(laid(plan(request(in(seen), hole, 5, Budget.UNLIMITED)))).isEqualTo(black);
        assertThat(laid(plan(request(in(seen), new Damaged.Noisy(), 0, Budget.UNLIMITED))))
                .isEqualTo(black);
    }

    /** Black over all of a picture of 20 x 16 pixels. */
    private static Picture laid(RestorationPlan plan) {
        float[] black = new float[20 * 16 * 3];
        java.util.Arrays.fill(black, -1);
        Canvas canvas = plan.seen().canvas(1, 32);
        canvas.lay(
                new RestoredPart(black, 20, 16, Evidence.NONE),
                0,
                0,
                plan.changing().orElse(null));
        return canvas.picture();
    }

    @Test
    void alphaGrowsWithThePictureAndAHoleInItIsFilled() throws IOException {
        Picture seen = Studies.smooth(20, 16, 3, 9);
        byte[] alpha = new byte[20 * 16];
        java.util.Arrays.fill(alpha, (byte) 200);
        Path image = folder.resolve("in.png");
        new PictureFile(seen, alpha, new byte[0]).write(image, Map.of());
        RestorationPlan same = plan(request(image, new Damaged.Noisy(), 5, Budget.UNLIMITED));
        assertThat(same.alpha()).isEqualTo(alpha);
        assertThat(same.keepsAlpha()).isTrue();
        RestorationPlan larger = plan(request(image, new Damaged.Small(3, Filter.BICUBIC), 0, Budget.UNLIMITED));
        assertThat(larger.alpha()).hasSize(9 * 20 * 16).containsOnly(200);
        assertThat(larger.scale()).isEqualTo(3);
        alpha[25] = 0;
        new PictureFile(seen, alpha, new byte[0]).write(image, Map.of());
        RestorationPlan filled = plan(request(image, new Damaged.Incomplete(null, null), 0, Budget.UNLIMITED));
        assertThat(filled.keepsAlpha()).isFalse();
        assertThat(filled.alpha()).isEqualTo(filled.seen().file().opaque().alpha());
        RestorationPlan masked =
                plan(request(image, new Damaged.Incomplete(mask(20, 16, 4, 2, 3), Shade.WHITE), 0, Budget.UNLIMITED));
        assertThat(masked.keepsAlpha()).isTrue();
        assertThat(masked.alpha()).isEqualTo(alpha);
        PngFile.write(image, seen);
        assertThat(plan(request(image, new Damaged.Small(3, Filter.BICUBIC), 0, Budget.UNLIMITED))
                        .alpha())
                .isEmpty();
    }

    @Test
    void theAnswerSaysHowItCameAbout() throws IOException {
        RestorationPlan plan =
                plan(request(in(Studies.smooth(20, 16, 3, 9)), new Damaged.Noisy(), 5, Budget.UNLIMITED));
        assertThat(plan.text())
                .containsEntry("Software", "Calotype")
                .containsEntry("restored", "denoise")
                .containsEntry("method", "unchanged {\"seconds\":0.0,\"iterations\":0}")
                .containsEntry("seed", "7")
                .hasSize(4);
    }

    @Test
    void whatWasDoneIsTold() throws IOException {
        Damaged hole = new Damaged.Incomplete(mask(20, 16, 4, 2, 3), Shade.WHITE);
        Done done = PictureRestoration.run(
                request(in(Studies.smooth(20, 16, 3, 9)), hole, Double.NaN, Budget.UNLIMITED),
                new Output(folder.resolve("out.png"), Existing.REPLACE, null, 0),
                listener);
        assertThat(done).hasToString(folder.resolve("out.png").toString());
        assertThat(List.of(done.width(), done.height(), done.channels())).containsExactly(20, 16, 3);
        assertThat(done.missing()).isEqualTo(9);
        assertThat(done.parts()).isEqualTo(1);
        assertThat(done.touched()).isEqualTo(1);
        assertThat(done.alpha()).isFalse();
        assertThat(done.sigmaEstimated()).isFalse();
        assertThat(done.stopped()).isFalse();
        Done larger = PictureRestoration.run(
                request(in(Studies.smooth(20, 16, 3, 9)), new Damaged.Small(2, Filter.BICUBIC), 4, Budget.UNLIMITED),
                new Output(folder.resolve("out.png"), Existing.REPLACE, null, 0),
                listener);
        assertThat(List.of(larger.width(), larger.height())).containsExactly(40, 32);
        assertThat(larger.sigma()).isCloseTo(4, within(1e-9));
        assertThat(larger.missing()).isZero();
        Picture out = PictureFile.read(folder.resolve("out.png")).colours();
        assertThat(List.of(out.width(), out.height())).containsExactly(40, 32);
    }

    @Test
    void measuredErrorsAreToldInLevelsOf255() {
        assertThat(Choosing.sentence(new Evidence(20 / 127.5, 8 / 127.5, "a rehearsal")))
                .isEqualTo("Better than the input: error about 8.0 levels of 255, that of the input about 20.0, by a"
                        + " rehearsal.");
        assertThat(Choosing.sentence(new Evidence(20 / 127.5, 19.9 / 127.5, "a rehearsal")))
                .isEqualTo(
                        "It is not shown to be better than the input: error about 19.9 levels of 255, that of the input"
                                + " about 20.0, by a rehearsal.");
        assertThat(Choosing.sentence(Evidence.NONE))
                .isEqualTo("It is not shown to be better than the input: nothing could be measured.");
    }

    @Test
    void aFolderOfPicturesOnTheWayMustBeEmptyOrMayBeOverwritten() throws IOException {
        Path frames = Files.createDirectories(folder.resolve("frames"));
        Request request = request(in(Studies.smooth(20, 16, 3, 9)), new Damaged.Noisy(), 5, Budget.UNLIMITED);
        PictureRestoration.run(request, new Output(folder.resolve("a.png"), Existing.REFUSE, frames, 1), listener);
        Files.writeString(frames.resolve("000001.png"), "");
        assertThatThrownBy(() -> PictureRestoration.run(
                        request, new Output(folder.resolve("b.png"), Existing.REFUSE, frames, 1), listener))
                .hasMessage(frames + " is not empty: take another folder, or say `overwrite`");
        PictureRestoration.run(request, new Output(folder.resolve("c.png"), Existing.REPLACE, frames, 1), listener);
        PictureRestoration.run(
                request, new Output(folder.resolve("d.png"), Existing.REFUSE, folder.resolve("new"), 1), listener);
        assertThat(folder.resolve("new")).isDirectory();
        assertThatThrownBy(() -> new Output(folder.resolve("e.png"), Existing.REFUSE, null, 1))
                .hasMessage("`frames` and `every` go together");
        assertThatThrownBy(() -> new Output(folder.resolve("e.png"), Existing.REFUSE, frames, 0))
                .hasMessage("`frames` and `every` go together");
        assertThatThrownBy(() -> new Output(folder.resolve("e.png"), Existing.REFUSE, frames, -1))
                .hasMessage("every must be at least 0: -1");
        assertThatThrownBy(() -> PictureRestoration.run(
                        request, new Output(folder.resolve("a.png"), Existing.REFUSE, null, 0), listener))
                .hasMessageContaining("a.png");
        assertThatThrownBy(() -> PictureRestoration.run(
                        request, new Output(folder.resolve("in.png"), Existing.REPLACE, null, 0), listener))
                .hasMessageContaining("in.png");
    }
}
