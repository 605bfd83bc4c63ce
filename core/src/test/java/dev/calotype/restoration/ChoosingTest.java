package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.image.HoleMask.Shade;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restoration.Choosing.Chosen;
import dev.calotype.restoration.PictureRestoration.Done;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Degradation;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.Observation;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChoosingTest {
    @TempDir
    private Path folder;

    private Done run(Picture picture, Damaged damaged, String kind, double sigma, Budget budget) throws IOException {
        PngFile.write(folder.resolve("in.png"), picture);
        String[] settings = kind.startsWith("dip") ? new String[] {"network=skip-small"} : new String[0];
        var request = new PictureRestoration.Request(
                folder.resolve("in.png"),
                damaged,
                Methods.named(kind, List.of(settings)),
                Equipment.Sources.NONE,
                sigma,
                budget,
                0);
        var output = new PictureRestoration.Output(folder.resolve("out.png"), Existing.REPLACE, null, 0);
        return PictureRestoration.run(request, output, new PictureRestoration.Listener() {
            @Override
            public void planned(String sentence) {}

            @Override
            public void step(RestorationStatus status) {}

            @Override
            public boolean stopRequested() {
                return false;
            }
        });
    }

    private static Picture noisy() {
        byte[] pixels = Studies.smooth(48, 40, 3, 9).pixels().clone();
        Rng rng = Rng.of(1);
        for (int i = 0; i < pixels.length; i++) {
            double uniform = rng.nextDouble() + rng.nextDouble() + rng.nextDouble() - 1.5; // a deviation of a half
            pixels[i] = (byte) Math.max(0, Math.min(255, Math.round((pixels[i] & 0xFF) + 50 * uniform)));
        }
        return new Picture(48, 40, 3, pixels);
    }

    @Test
    void whatIsNearestInARehearsalIsTakenAndItsErrorTold() throws IOException {
        Done done = run(noisy(), new Damaged.Noisy(), "auto", 25, Budget.UNLIMITED);
        assertThat(done.method()).isIn("denoiser", "dct", "tv");
        assertThat(done.reason()).startsWith("because it came nearest of denoiser, dct, tv on 48 x 40 pixels of it");
        assertThat(done.sigma()).isEqualTo(25);
        assertThat(done.errorBefore()).isEqualTo(25);
        assertThat(done.errorAfter()).isBetween(2.0, 15.0);
        assertThat(done.shownBetter()).isTrue();
        assertThat(done.judgement())
                .startsWith("Better than the input: error about ")
                .contains("input about 25.0");
    }

    @Test
    void aFitThatDidNotGetThereIsNotShownToBeBetter() throws IOException {
        Budget few = new Budget(0, 2);
        Done noise = run(noisy(), new Damaged.Noisy(), "dip-ema", 25, few);
        assertThat(noise.shownBetter()).isFalse();
        assertThat(noise.judgement()).startsWith("It is not shown to be better than the input");
        Done small = run(noisy(), new Damaged.Small(2, Filter.BICUBIC), "dip-ema", Double.NaN, few);
        assertThat(small.shownBetter()).isFalse();
        Done blurred = run(noisy(), new Damaged.Blurred("blur:1"), "dip-ema", 1, few);
        assertThat(blurred.shownBetter()).isFalse();
    }

    @Test
    void whatIsAskedForIsTaken() throws IOException {
        Done done = run(noisy(), new Damaged.Noisy(), "unchanged", 25, Budget.UNLIMITED);
        assertThat(done.method()).isEqualTo("unchanged");
        assertThat(done.reason()).isEqualTo("as asked for");
        assertThat(done.shownBetter()).isFalse();
    }

    /** What is chosen for a damaged picture, of which so many pixels of the answer are to be restored. */
    private Chosen chosen(Equipment.Sources sources, Damaged damaged, double sigma, Budget budget, long pixels)
            throws IOException {
        return chosen(Methods.named("auto", List.of()), sources, damaged, new double[] {sigma}, budget, pixels);
    }

    private Chosen chosen(
            Method asked, Equipment.Sources sources, Damaged damaged, double[] sigma, Budget budget, long pixels)
            throws IOException {
        PngFile.write(folder.resolve("in.png"), noisy());
        PictureFile file = PictureFile.read(folder.resolve("in.png"));
        Damaged.Parts parts = damaged.on(file, folder.resolve("in.png"));
        try (Equipment equipment = new Equipment(sources, Scoring.NONE);
                PointerScope scope = new PointerScope()) {
            Sample sample = Sample.of(Seen.of(file.colours()), parts, damaged.enlargement(), sigma[0]);
            return new Choosing(damaged, proving(sample, equipment, pixels), budget, Rng.of(5)).of(asked);
        }
    }

    /** By a clock that goes on by a millisecond whenever it is read: nothing depends on the speed of the machine. */
    private static Proving proving(Sample sample, Equipment equipment, long pixels) {
        AtomicLong nanoseconds = new AtomicLong();
        return new Proving(sample, equipment, pixels, () -> {}, () -> nanoseconds.addAndGet(1_000_000));
    }

    private static Equipment.Sources with(String prior, String dncnn) {
        return new Equipment.Sources(
                prior, dncnn, "", Equipment.Sources.NONE.device(), Equipment.Sources.NONE.precision());
    }

    private Damaged holes() throws IOException {
        byte[] mask = new byte[48 * 40];
        for (int y = 3; y < 9; y++) for (int x = 5; x < 15; x++) mask[y * 48 + x] = (byte) 255;
        PngFile.write(folder.resolve("mask.png"), new Picture(48, 40, 1, mask));
        return new Damaged.Incomplete(folder.resolve("mask.png"), Shade.WHITE);
    }

    @Test
    void aTrainedModelIsTakenWhereOneIsGiven() throws IOException {
        Chosen chosen = chosen(with("run", ""), new Damaged.Noisy(), 0.2, Budget.UNLIMITED, 1920);
        assertThat(chosen.method().kind()).isEqualTo("dip+ddpm");
        assertThat(chosen.reason()).isEqualTo("because a trained model was given");
        assertThat(chosen.evidence()).isSameAs(Evidence.NONE);
    }

    @Test
    void holesAreFilledByAFitWhereItGetsDoneInTheTimeAndElseByWhatIsUsual() throws IOException {
        Chosen fit = chosen(with("", ""), holes(), 0, new Budget(1e6, 0), 1);
        assertThat(fit.method().kind()).isEqualTo("dip-ema");
        assertThat(fit.reason()).isEqualTo("because a fit of 3000 iterations takes about 4 s here");
        Chosen large = chosen(with("", ""), holes(), 0, new Budget(50_000, 3000), 100_000L * 48 * 40);
        assertThat(large.method().kind()).isIn("denoiser", "tv");
        assertThat(large.reason())
                .as("a hundred thousand times as many pixels")
                .endsWith(
                        "; a fit of 3000 iterations takes about 352941 s here, more than the time: `method` dip-ema has"
                                + " it nevertheless");
    }

    @Test
    void aFitIsNotThoughtOfWhereThereAreTooFewSecondsOrIterations() throws IOException {
        for (Budget few : List.of(new Budget(29.9, 0), new Budget(0, 2999), new Budget(29.9, 3000))) {
            Chosen chosen = chosen(with("", ""), holes(), 0, few, 1920);
            assertThat(chosen.method().kind()).isIn("denoiser", "tv");
            assertThat(chosen.reason())
                    .startsWith("because it came nearest of denoiser, tv")
                    .doesNotContain("fit");
            assertThat(chosen.evidence().isMeasured()).isTrue();
        }
        assertThat(chosen(with("", ""), holes(), 0, Budget.UNLIMITED, 1920).reason())
                .as("nothing is timed where no seconds are given")
                .endsWith("; in minutes, a fit to this picture alone may do better: `method` dip-ema");
        assertThat(chosen(with("", ""), holes(), 0, new Budget(30, 3000), 1920).reason())
                .contains("3000 iterations");
    }

    @Test
    void whereALargeHoleIsOneIsDrawnToo() throws IOException {
        byte[] mask = new byte[48 * 40];
        for (int y = 3; y < 19; y++) for (int x = 5; x < 21; x++) mask[y * 48 + x] = (byte) 255;
        PngFile.write(folder.resolve("mask.png"), new Picture(48, 40, 1, mask));
        Damaged large = new Damaged.Incomplete(folder.resolve("mask.png"), Shade.WHITE);
        assertThat(chosen(with("", ""), large, 0, new Budget(0, 2), 1920).reason())
                .startsWith("because it came nearest of denoiser, tv, diffpir on 48 x 40 pixels of it");
    }

    /** Of a fit whose width is left to the time, which is not rehearsed. */
    @Test
    void aFitThatIsAskedForGetsTheWidthThatTheSecondsAllow() throws IOException {
        Method fit = Methods.named("dip-ema", List.of());
        Chosen wide = chosen(fit, with("", ""), new Damaged.Noisy(), new double[] {0.2}, new Budget(1e6, 0), 1920);
        assertThat(wide.method()).isEqualTo(fit.wide(128));
        assertThat(wide.reason()).startsWith("as asked for, ").contains("128");
        assertThat(wide.evidence()).isSameAs(Evidence.NONE);
        Chosen counted = chosen(fit, with("", ""), new Damaged.Noisy(), new double[] {0.2}, new Budget(1e6, 5), 1920);
        assertThat(counted.method()).as("iterations are said").isSameAs(fit);
        assertThat(counted.reason()).isEqualTo("as asked for");
        Method named = Methods.named("dip-ema", List.of("width=32"));
        assertThat(chosen(named, with("", ""), new Damaged.Noisy(), new double[] {0.2}, new Budget(1e6, 0), 1920)
                        .method())
                .isSameAs(named);
    }

    @Test
    void whatNeedsMoreThanTheTimeIsNotTaken() throws IOException {
        Chosen none = chosen(with("", ""), new Damaged.Noisy(), 0.2, new Budget(1, 2), Long.MAX_VALUE / 4);
        assertThat(none.method().kind()).isEqualTo("denoiser");
        assertThat(none.reason()).isEqualTo("because [denoiser, dct, tv] all need more time");
        assertThat(none.evidence()).isSameAs(Evidence.NONE);
        assertThat(chosen(with("", ""), new Damaged.Noisy(), 0.2, new Budget(0, 2), Long.MAX_VALUE / 4)
                        .reason())
                .as("without a limit")
                .startsWith("because it came nearest of denoiser, dct, tv");
    }

    @Test
    void whereNothingCanBeMeasuredTheFirstIsTaken() throws IOException {
        Chosen chosen = chosen(with("", ""), new Damaged.Noisy(), 0, new Budget(0, 2), 1920);
        assertThat(chosen.method().kind()).isEqualTo("denoiser");
        assertThat(chosen.reason()).isEqualTo("as usual here: nothing could be measured");
        assertThat(chosen.evidence().isMeasured()).isFalse();
    }

    /** A picture of one grey stays as it is when it is damaged once more. */
    @Test
    void whereNothingIsShownToBeBetterTheFirstIsTaken() throws IOException {
        Chosen chosen = ofJpeg(new Picture(48, 40, 3, new byte[48 * 40 * 3]));
        assertThat(chosen.reason())
                .isEqualTo("as usual here: none of denoiser, dct, tv is shown to be better than the input");
        assertThat(chosen.method().kind()).isEqualTo("denoiser");
        assertThat(chosen.evidence().isMeasured()).isTrue();
        assertThat(chosen.evidence().isBetter()).isFalse();
    }

    @Test
    void whatIsBetterThanAJpegIsShownToBe() throws IOException {
        Chosen chosen = ofJpeg(noisy());
        assertThat(chosen.reason()).startsWith("because it came nearest of denoiser, dct, tv");
        assertThat(chosen.evidence().isBetter()).isTrue();
    }

    private static Chosen ofJpeg(Picture picture) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            float[] values = new float[48 * 40 * 3];
            for (int i = 0; i < values.length; i++) values[i] = (picture.pixels()[i] & 0xFF) / 127.5f - 1;
            Tensor image = Tensors.of(values, 1, 40, 48, 3).permute(0, 3, 1, 2);
            Observation seen = Degradation.parse("jpeg:10").observe(image, Rng.of(0));
            Damaged damaged = new Damaged.Compressed(10);
            Sample sample = new Sample(seen, new JpegNoise(10));
            try (Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
                return new Choosing(damaged, proving(sample, equipment, 1920), Budget.UNLIMITED, Rng.of(5))
                        .of(Methods.named("auto", List.of()));
            }
        }
    }

    /** A denoiser of zeros leaves what it sees. */
    @Test
    void aDenoiserThatIsGivenIsTriedFirst() throws IOException {
        Path file = folder.resolve("zeros.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (int i = 0; i < 2; i++) {
                weights.put("model." + 2 * i + ".weight", Tensors.of(new float[81], 3, 3, 3, 3));
                weights.put("model." + 2 * i + ".bias", Tensors.of(new float[3], 3));
            }
            SafeTensors.write(file, weights, Map.of());
        }
        Chosen chosen = chosen(with("", file.toString()), new Damaged.Noisy(), 0.2, new Budget(0, 2), 1920);
        assertThat(chosen.reason())
                .startsWith("because it came nearest of dncnn, denoiser, dct, tv on 48 x 40 pixels of it");
        assertThat(chosen.method().kind())
                .as("which is better than to leave it")
                .isIn("denoiser", "dct", "tv");
        assertThat(chosen.evidence().isBetter()).isTrue();
    }
}
