package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restoration.PictureRestoration.Done;
import dev.calotype.restore.Budget;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
        assertThat(done.method()).isIn("dct", "tv");
        assertThat(done.reason()).startsWith("because it came nearest of dct, tv on 48 x 40 pixels of it");
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
}
