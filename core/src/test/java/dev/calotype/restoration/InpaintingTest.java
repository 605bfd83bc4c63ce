package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.image.DeepFile;
import dev.calotype.image.DeepPicture;
import dev.calotype.image.HoleMask.Shade;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restoration.PictureRestoration.Done;
import dev.calotype.restore.Budget;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holes have to do with the pixels around them. */
class InpaintingTest {
    @TempDir
    private Path folder;

    private final List<String> sentences = new ArrayList<>();
    private final Set<Thread> threads = new HashSet<>(); // that told of a step

    private Done run(Damaged damaged, Method method, double sigma, Budget budget) throws IOException {
        var request = new PictureRestoration.Request(
                folder.resolve("in.png"), damaged, method, Equipment.Sources.NONE, sigma, budget, 0);
        return run(request, folder.resolve("out.png"));
    }

    private Done run(PictureRestoration.Request request, Path out) throws IOException {
        var output = new PictureRestoration.Output(out, Existing.REPLACE, null, 0);
        return PictureRestoration.run(request, output, new PictureRestoration.Listener() {
            @Override
            public void planned(String sentence) {
                sentences.add(sentence);
            }

            @Override
            public void step(RestorationStatus status) {
                threads.add(Thread.currentThread());
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        });
    }

    /** A picture with a bar of white over it, and the mask of the bar. */
    private Picture scratched(int width, int height, int channels) throws IOException {
        byte[] pixels = Studies.smooth(width, height, channels, 9).pixels().clone();
        byte[] mask = new byte[width * height];
        for (int y = 5; y < 9; y++)
            for (int x = 3; x < 20; x++) {
                mask[y * width + x] = (byte) 255;
                for (int c = 0; c < channels; c++) pixels[(y * width + x) * channels + c] = (byte) 255;
            }
        PngFile.write(folder.resolve("mask.png"), new Picture(width, height, 1, mask));
        Picture picture = new Picture(width, height, channels, pixels);
        PngFile.write(folder.resolve("in.png"), picture);
        return new Picture(width, height, 1, mask);
    }

    private Damaged.Incomplete masked(Shade missing) {
        return new Damaged.Incomplete(folder.resolve("mask.png"), missing);
    }

    private int changed(Picture mask, boolean missing) throws IOException {
        Picture in = PictureFile.read(folder.resolve("in.png")).colours();
        Picture out = PictureFile.read(folder.resolve("out.png")).colours();
        int count = 0;
        for (int y = 0; y < in.height(); y++)
            for (int x = 0; x < in.width(); x++)
                if (missing == (mask.at(x, y, 0) != 0))
                    for (int c = 0; c < in.channels(); c++)
                        if (in.at(x, y, c) != out.at(x, y, c)) {
                            count++;
                            break;
                        }
        return count;
    }

    @ParameterizedTest
    @CsvSource({
        "tv,,3",
        "pseudo-inverse,,3",
        "unchanged,,3",
        "dct,rounds=2,3",
        "dip,network=skip-small,3",
        "dip-ema,network=skip-small,1",
        "staged-dip,fit.network=skip-small,3",
        "auto,,1"
    })
    void knownPixelsStayToTheBit(String kind, String setting, int channels) throws IOException {
        Picture mask = scratched(53, 37, channels);
        Method method = Methods.named(kind, setting == null ? List.of() : List.of(setting));
        Done done = run(masked(Shade.WHITE), method, Double.NaN, new Budget(0, 2));
        assertThat(changed(mask, false)).isZero();
        assertThat(done.missing()).isEqualTo(4 * 17);
        assertThat(sentences.get(0)).contains("68 of 1961 pixels are missing (3.5 %)");
        if (!kind.equals("unchanged")) assertThat(changed(mask, true)).isPositive();
    }

    @Test
    void withNoiseKnownPixelsChangeTooAndThisIsSaid() throws IOException {
        Picture mask = scratched(53, 37, 3);
        run(masked(Shade.WHITE), Methods.named("tv", List.of()), 20, new Budget(0, 20));
        assertThat(changed(mask, false)).isPositive();
        assertThat(sentences.get(0)).contains("noise of sigma 20.0 given, so known pixels change too");
    }

    @Test
    void whereNoScratchIsFoundThePictureStaysAsItIs() throws IOException {
        PngFile.write(folder.resolve("in.png"), Studies.smooth(300, 260, 3, 9));
        Done done = run(new Damaged.Scratched(), Methods.named("auto", List.of()), Double.NaN, Budget.UNLIMITED);
        assertThat(done.missing()).isZero();
        assertThat(done.touched()).isZero();
        assertThat(done.shownBetter()).isFalse();
        assertThat(sentences.get(0)).contains("0 of 78000 pixels are missing (0.0 %), those that look like scratches");
        assertThat(PictureFile.read(folder.resolve("out.png"))).isEqualTo(PictureFile.read(folder.resolve("in.png")));
    }

    @Test
    void onlyPartsWithHolesAreRestored() throws IOException {
        Picture mask = scratched(2500, 1700, 1);
        Done done = run(masked(Shade.WHITE), Methods.named("tv", List.of()), Double.NaN, new Budget(0, 2));
        assertThat(done.parts()).isEqualTo(1);
        assertThat(done.touched()).isEqualTo(1);
        assertThat(done.iterations()).isEqualTo(2);
        assertThat(sentences.get(1)).contains("in 1 part around what is missing");
        assertThat(changed(mask, false)).isZero();
        assertThat(changed(mask, true)).isPositive();
    }

    @Test
    void partsThatAreRestoredSideBySideMakeTheSamePicture() throws IOException {
        int width = 700, height = 600;
        Picture seen = Studies.smooth(width, height, 3, 9);
        byte[] mask = new byte[width * height];
        for (int y = 30; y < 570; y++) mask[y * width + y] = (byte) 255;
        PngFile.write(folder.resolve("in.png"), seen);
        PngFile.write(folder.resolve("mask.png"), new Picture(width, height, 1, mask));
        Engine.load(0);
        int before = torch.get_num_threads();
        Method method = Methods.named("dct", List.of("rounds=2"));
        try {
            torch.set_num_threads(1);
            Done alone = run(masked(Shade.WHITE), method, Double.NaN, Budget.UNLIMITED);
            byte[] answer =
                    PictureFile.read(folder.resolve("out.png")).colours().pixels();
            assertThat(alone.touched()).isGreaterThan(5);
            assertThat(threads).containsExactly(Thread.currentThread());
            threads.clear();
            torch.set_num_threads(3);
            Done together = run(masked(Shade.WHITE), method, Double.NaN, new Budget(600, 0));
            assertThat(threads).hasSize(3).doesNotContain(Thread.currentThread());
            assertThat(PictureFile.read(folder.resolve("out.png")).colours().pixels())
                    .isEqualTo(answer);
            assertThat(together.iterations()).isEqualTo(alone.iterations());
            assertThat(together.change()).isEqualTo(alone.change());
        } finally {
            torch.set_num_threads(before);
        }
    }

    /** A smooth picture whose low bytes count, with a bar of white over it. */
    private DeepPicture scratchedDeep(int width, int height) throws IOException {
        scratched(width, height, 3);
        Picture coarse = PictureFile.read(folder.resolve("in.png")).colours();
        short[] samples = new short[width * height * 3];
        for (int i = 0; i < samples.length; i++)
            samples[i] = (short) ((coarse.pixels()[i] & 0xFF) * 257 - i % 97 * ((coarse.pixels()[i] & 0xFF) / 255.0));
        return new DeepPicture(width, height, 3, samples);
    }

    @ParameterizedTest
    @CsvSource({"in.png,out.png", "in.tif,out.tif", "in.tif,out.png"})
    void inSixteenBitsTooKnownPixelsAndAlphaStayToTheBit(String in, String out) throws IOException {
        DeepPicture seen = scratchedDeep(53, 37);
        short[] alpha = new short[53 * 37];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (short) (0xF000 + i);
        PictureFormat.write(folder.resolve(in), new DeepFile(seen, alpha, new byte[0]), Map.of());
        var request = new PictureRestoration.Request(
                folder.resolve(in),
                masked(Shade.WHITE),
                Methods.named("tv", List.of()),
                Equipment.Sources.NONE,
                Double.NaN,
                Budget.UNLIMITED,
                0);
        Done done = run(request, folder.resolve(out));
        assertThat(done.bits()).isEqualTo(16);
        assertThat(sentences.get(0)).startsWith("53 x 37 in colour of 16 bits, ");
        DeepFile answer = DeepFile.read(folder.resolve(out)).orElseThrow();
        assertThat(answer.alpha()).isEqualTo(alpha);
        int low = 0;
        for (int y = 0; y < 37; y++)
            for (int x = 0; x < 53; x++) {
                boolean missing = x >= 3 && x < 20 && y >= 5 && y < 9;
                if (missing) assertThat(answer.colours().at(x, y, 1)).isLessThan(60_000);
                else assertThat(answer.colours().at(x, y, 1)).isEqualTo(seen.at(x, y, 1));
                if (missing && answer.colours().at(x, y, 1) % 257 != 0) low++;
            }
        assertThat(low).as("not rounded to 8 bits").isGreaterThan(50);
    }

    @Test
    void whereAFormatHoldsEightBitsThisIsSaid() throws IOException {
        PictureFormat.write(
                folder.resolve("in.png"), new DeepFile(scratchedDeep(53, 37), new short[0], new byte[0]), Map.of());
        var request = new PictureRestoration.Request(
                folder.resolve("in.png"),
                new Damaged.Small(2, Filter.BICUBIC),
                Methods.named("pseudo-inverse", List.of()),
                Equipment.Sources.NONE,
                Double.NaN,
                Budget.UNLIMITED,
                0);
        assertThat(run(request, folder.resolve("out.jpg")).bits()).isEqualTo(8);
        assertThat(sentences).contains("JPEG holds 8 bits per channel; .png and .tif keep all 16.");
        assertThat(run(request, folder.resolve("out.png")).bits()).isEqualTo(16);
        DeepPicture large =
                DeepFile.read(folder.resolve("out.png")).orElseThrow().colours();
        assertThat(large.width()).isEqualTo(106);
        DeepPicture small =
                DeepFile.read(folder.resolve("in.png")).orElseThrow().colours();
        assertThat(large.at(61, 41, 2)).isCloseTo(small.at(30, 20, 2), within(4000));
    }

    @Test
    void aMaskOfMostOfThePictureIsAskedAbout() throws IOException {
        byte[] published = new byte[53 * 37];
        for (int i = 0; i < published.length; i++) published[i] = (byte) (i % 5 == 0 ? 0 : 255);
        scratched(53, 37, 3);
        Picture mask = new Picture(53, 37, 1, published);
        PngFile.write(folder.resolve("mask.png"), mask);
        Method method = Methods.named("unchanged", List.of());
        assertThatThrownBy(() -> run(masked(null), method, Double.NaN, Budget.UNLIMITED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("marks most of the picture as missing")
                .hasMessageContaining("80.0 %")
                .hasMessageContaining("`missing` black");
        assertThat(run(masked(Shade.WHITE), method, Double.NaN, Budget.UNLIMITED)
                        .missing())
                .isEqualTo(1568);
        assertThat(run(masked(Shade.BLACK), method, Double.NaN, Budget.UNLIMITED)
                        .missing())
                .isEqualTo(393);
    }

    @Test
    void aTransparentHoleIsFilledAndNothingElse() throws IOException {
        Picture mask = scratched(53, 37, 3);
        byte[] alpha = new byte[53 * 37];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (byte) ~mask.pixels()[i];
        Picture seen = PictureFile.read(folder.resolve("in.png")).colours();
        new PictureFile(seen, alpha, new byte[0]).write(folder.resolve("in.png"), Map.of());
        Done done =
                run(new Damaged.Incomplete(null, null), Methods.named("tv", List.of()), Double.NaN, Budget.UNLIMITED);
        assertThat(done.missing()).isEqualTo(68);
        assertThat(changed(mask, false)).isZero();
        assertThat(PictureFile.read(folder.resolve("out.png")).hasAlpha()).isFalse();
        new PictureFile(seen, new byte[0], new byte[0]).write(folder.resolve("in.png"), Map.of());
        assertThatThrownBy(() -> run(
                        new Damaged.Incomplete(null, null),
                        Methods.named("tv", List.of()),
                        Double.NaN,
                        Budget.UNLIMITED))
                .hasMessageContaining("by `mask`");
    }
}
