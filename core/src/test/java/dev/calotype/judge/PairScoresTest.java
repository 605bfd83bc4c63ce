package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.Judge.PairSize;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.StubNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairScoresTest {
    @TempDir
    private Path folder;

    /** Pictures that differ by 3 everywhere: 20 log10(255 / 3) dB, were they not made smaller first. */
    @Test
    void oblongPicturesAreComparedWholeInTheirOwnSize() throws IOException {
        for (int i : new int[] {1, 2, 10}) {
            write("real/" + i + ".png", 96, 64, 100 + i, 0);
            write(String.format(Locale.ROOT, "fake/%03d.png", i), 96, 64, 103 + i, 0);
        }
        Judgement j = compare(PairSize.OWN, Measure.PSNR, Measure.SSIM, Measure.MS_SSIM);
        assertThat(j.score("pairs.psnr")).isCloseTo(20 * Math.log10(255 / 3.0), within(1e-6));
        assertThat(j.scores().text("pairs.size")).isEqualTo("96 x 64");
        assertThat(j.scores().text("pairs.pairedBy")).contains("numbers by their value");
        assertThat(j.scores().text("pairs.count")).isEqualTo("3");
        assertThat(j.images()).isEqualTo(3);
        assertThat(j.size()).isNull();
        assertThat(j.network()).isNull();
    }

    /** Columns of one pixel are grey once a picture is halved: what a smaller size hides is seen in the own one. */
    @Test
    void whatASmallerSizeHidesIsSeenInTheOwnOne() throws IOException {
        write("real/1.png", 32, 32, 100, 0);
        write("fake/1.png", 32, 32, 100, 20);
        assertThat(compare(PairSize.OWN, Measure.PSNR).score("pairs.psnr"))
                .isCloseTo(20 * Math.log10(255 / 20.0), within(1e-6));
        Judgement smaller = compare(PairSize.PREPARED, Measure.PSNR);
        assertThat(smaller.scores().text("pairs.size")).isEqualTo("16 x 16");
        assertThat(smaller.size()).isEqualTo(16);
        assertThat(smaller.score("pairs.psnr") == null || smaller.score("pairs.psnr") > 40)
                .isTrue();
    }

    @Test
    void picturesOfAPairWithOtherSizesAreNamed() throws IOException {
        write("real/house.png", 64, 32, 9, 0);
        write("fake/house.png", 32, 64, 9, 0);
        assertThatThrownBy(() -> compare(PairSize.OWN, Measure.PSNR))
                .hasMessageContaining("house.png is 32 x 64 and")
                .hasMessageContaining("house.png 64 x 32");
        assertThat(compare(PairSize.PREPARED, Measure.PSNR).scores().text("pairs.identical"))
                .isEqualTo("1");
    }

    @Test
    void equalPicturesAreCountedAndTheOthersStillMeasured() throws IOException {
        write("real/1.png", 16, 16, 50, 0);
        write("fake/1.png", 16, 16, 50, 0);
        write("real/2.png", 24, 16, 50, 0);
        write("fake/2.png", 24, 16, 51, 0);
        write("real/3.png", 24, 16, 50, 0);
        Judgement j = compare(PairSize.OWN, Measure.PSNR, Measure.SSIM);
        assertThat(j.score("pairs.psnr")).isNull();
        assertThat(j.scores().text("pairs.identical")).isEqualTo("1");
        assertThat(j.score("pairs.psnrOfOthers")).isCloseTo(20 * Math.log10(255), within(1e-6));
        assertThat(j.scores().text("pairs.size")).isEqualTo("16 x 16 to 24 x 16");
        assertThat(j.caveats()).singleElement().asString().contains("without a counterpart were left out: 1 of 3");
    }

    private Judgement compare(PairSize size, Measure... measures) throws IOException {
        try (ImageDataset fake = DataSets.open(folder.resolve("fake").toString(), 16, 3);
                ImageDataset real = DataSets.open(folder.resolve("real").toString(), 16, 3)) {
            Preparation preparation = new Preparation(16, 3, Preparation.Flip.NONE);
            return new Judge(new StubNetwork(), EvaluationProtocol.standard(), Progress.SILENT)
                    .compare(
                            new PictureSource.Stored(fake),
                            new PictureSource.Stored(real),
                            new Judge.Plan(preparation, 100, 100, Set.of(measures), null, size));
        }
    }

    /** A grey level, with {@code contrast} added to and taken from the columns in turn. */
    private void write(String name, int width, int height, int level, int contrast) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i++)
            pixels[i] = (byte) (level + (i / 3 % width % 2 == 0 ? contrast : -contrast));
        PngFile.write(folder.resolve(name), new Picture(width, height, 3, pixels));
    }
}
