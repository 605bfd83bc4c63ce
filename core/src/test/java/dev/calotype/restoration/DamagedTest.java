package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.JpegQuality;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.FeasibleSet;
import dev.calotype.restore.GaussianBlur;
import dev.calotype.restore.Identity;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Resampling;
import dev.calotype.study.Studies;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of damage means for a picture. */
class DamagedTest {
    @TempDir
    private Path folder;

    private Path image;
    private PictureFile picture;

    @BeforeEach
    void write() throws IOException {
        image = folder.resolve("in.png");
        PngFile.write(image, Studies.smooth(40, 24, 3, 7));
        picture = PictureFile.read(image);
    }

    private Damaged.Parts on(Damaged damaged) throws IOException {
        return damaged.on(picture, image);
    }

    @Test
    void noiseLeavesEveryPixelWhereItIsAndIsToldByThePictureAlone() throws IOException {
        Damaged noisy = new Damaged.Noisy();
        Damaged.Parts parts = on(noisy);
        assertThat(parts.operator(0, 0, 8, 8)).isEqualTo(new Identity());
        assertThat(parts.noise()).isEmpty();
        assertThat(parts.mayBeNoisy()).isTrue();
        assertThat(parts.hole()).isEmpty();
        assertThat(parts.feasible()).isSameAs(FeasibleSet.ALL);
        assertThat(noisy.candidates()).containsExactly("dct", "tv");
        assertThat(noisy.enlargement()).isEqualTo(1);
        assertThat(noisy.files()).isEmpty();
    }

    @Test
    void aPartOfAPictureWithHolesHasItsPartOfTheHoles() throws IOException {
        byte[] mask = new byte[40 * 24];
        for (int y = 10; y < 20; y++) for (int x = 30; x < 35; x++) mask[y * 40 + x] = (byte) 255;
        Path file = folder.resolve("mask.png");
        PngFile.write(file, new Picture(40, 24, 1, mask));
        Damaged incomplete = new Damaged.Incomplete(file, HoleMask.Shade.WHITE);
        Damaged.Parts parts = on(incomplete);
        assertThat(parts.mayBeNoisy()).isFalse();
        assertThat(parts.hole().orElseThrow().count()).isEqualTo(50);
        Masking part = (Masking) parts.operator(28, 8, 12, 16);
        assertThat(part.picture().pixels()).isEqualTo(expected(12, 16, 2, 2, 5, 10));
        assertThat(part.keptPixels()).isEqualTo(12 * 16 - 50);
        assertThat(incomplete.files()).containsExactly(file);
        assertThat(incomplete.candidates()).containsExactly("tv");
        assertThat(incomplete.enlargement()).isEqualTo(1);
        assertThat(new Damaged.Incomplete(null, null).files()).isEmpty();
    }

    /** 0 in the hole, 255 outside. */
    private static byte[] expected(int width, int height, int left, int top, int across, int down) {
        byte[] kept = new byte[width * height];
        java.util.Arrays.fill(kept, (byte) 255);
        for (int y = top; y < top + down; y++) for (int x = left; x < left + across; x++) kept[y * width + x] = 0;
        return kept;
    }

    @Test
    void halfOfAPictureMayBeMissingWithoutAQuestion() throws IOException {
        byte[] mask = new byte[40 * 24];
        for (int i = 0; i < mask.length / 2; i++) mask[i] = (byte) 255;
        Path file = folder.resolve("mask.png");
        PngFile.write(file, new Picture(40, 24, 1, mask));
        assertThat(on(new Damaged.Incomplete(file, null)).hole().orElseThrow().share())
                .isEqualTo(0.5);
        mask[mask.length / 2] = (byte) 255;
        PngFile.write(file, new Picture(40, 24, 1, mask));
        assertThatThrownBy(() -> on(new Damaged.Incomplete(file, null))).hasMessageContaining("50.1 %: say `missing`");
        assertThat(on(new Damaged.Incomplete(file, HoleMask.Shade.BLACK))
                        .hole()
                        .orElseThrow()
                        .count())
                .isEqualTo(479);
    }

    @Test
    void aSmallPictureBecomesLargerByItsFactor() throws IOException {
        Damaged small = new Damaged.Small(3, Filter.BICUBIC);
        Damaged.Parts parts = on(small);
        assertThat(parts.operator(0, 0, 8, 8)).isEqualTo(new Resampling(3, Filter.BICUBIC));
        assertThat(parts.mayBeNoisy()).isFalse();
        assertThat(small.enlargement()).isEqualTo(3);
        assertThat(small.candidates()).containsExactly("tv", "pseudo-inverse");
        assertThat(new Damaged.Small(16, Filter.BICUBIC).enlargement()).isEqualTo(16);
        assertThat(new Damaged.Small(2, Filter.BICUBIC).enlargement()).isEqualTo(2);
        for (int scale : new int[] {1, 17})
            assertThatThrownBy(() -> new Damaged.Small(scale, Filter.BICUBIC))
                    .hasMessage("scale must be in 2..16: " + scale);
    }

    @Test
    void blurHasItsKernelInEveryPart() throws IOException {
        Damaged blurred = new Damaged.Blurred("blur:2");
        LinearOperator operator = on(blurred).operator(0, 0, 20, 12);
        assertThat(operator).isEqualTo(new GaussianBlur(2));
        assertThat(on(blurred).mayBeNoisy()).isTrue();
        assertThat(blurred.candidates()).containsExactly("tv", "dct", "pseudo-inverse");
        for (String other : List.of(
                "blur:2+gaussian:5", "gaussian:5", "down:4", "mask:0.5", "hole:8", "text", "none", "bler:2", ""))
            assertThatThrownBy(() -> new Damaged.Blurred(other))
                    .hasMessage("kernel must be a blur such as blur:2 or motion:15:30: " + other);
        assertThatThrownBy(() -> new Damaged.Blurred("motion:15"))
                .hasMessage("motion wants LENGTH:DEGREES, such as motion:15:30: 'motion:15'");
    }

    @Test
    void theQualityOfAJpegIsThatOfItsFileUnlessItIsGiven() throws IOException {
        Path jpeg = folder.resolve("in.jpg");
        PictureFormat.write(jpeg, picture.colours(), Map.of());
        Damaged.Parts told = new Damaged.Compressed(0).on(PictureFile.read(jpeg), jpeg);
        assertThat(told.noise()).contains(new JpegNoise(JpegQuality.of(jpeg)));
        assertThat(told.operator(0, 0, 8, 8)).isEqualTo(new Identity());
        assertThat(told.feasible()).isNotSameAs(FeasibleSet.ALL);
        assertThat(told.mayBeNoisy()).isTrue();
        assertThat(new Damaged.Compressed(80).on(picture, image).noise()).contains(new JpegNoise(80));
        assertThat(new Damaged.Compressed(100).candidates()).containsExactly("dct", "tv");
        assertThatThrownBy(() -> on(new Damaged.Compressed(0)))
                .hasMessageContaining("is not a JPEG file, so it does not tell the quality: `quality`");
        for (int quality : new int[] {-1, 101})
            assertThatThrownBy(() -> new Damaged.Compressed(quality))
                    .hasMessage("quality must be in 1..100: " + quality);
    }

    @Test
    void aSampleIsTheMiddleOfAPictureOnWholeBlocks() throws IOException {
        Picture large = Studies.smooth(500, 421, 1, 11);
        Damaged.Parts parts = on(new Damaged.Noisy());
        Scope.run(() -> {
            Sample sample = Sample.of(Seen.of(large), parts, 1, 0.2);
            assertThat(sample.size()).isEqualTo("192 x 192");
            assertThat(sample.pixels()).isEqualTo(192 * 192);
            assertThat(sample.observation().sigma()).isEqualTo(0.2);
            assertThat(sample.noise().sigma()).isCloseTo(0.2, org.assertj.core.api.Assertions.within(1e-12));
            assertThat(Images.ofTensor(sample.observation().image()))
                    .isEqualTo(Images.crop(large, 144, 112, 192, 192)); // of (154, 114)
        });
    }

    @Test
    void aSampleOfASmallPictureIsOfTheSizeOfTheAnswer() throws IOException {
        Damaged.Parts parts = on(new Damaged.Small(4, Filter.BICUBIC));
        Scope.run(() -> {
            Sample sample = Sample.of(Seen.of(Studies.smooth(100, 30, 1, 11)), parts, 4, 0);
            assertThat(sample.observation().image().size(3)).isEqualTo(48);
            assertThat(sample.observation().image().size(2)).isEqualTo(30);
            assertThat(sample.size()).isEqualTo("192 x 120");
            assertThat(sample.pixels()).isEqualTo(192 * 120);
        });
    }

    @Test
    void aSampleOfAPictureWithHolesIsWhereMostButNotAllIsMissing() throws IOException {
        Picture large = Studies.smooth(600, 400, 3, 11);
        byte[] mask = new byte[600 * 400];
        for (int y = 150; y < 390; y++) for (int x = 250; x < 460; x++) mask[y * 600 + x] = (byte) 255;
        PngFile.write(image, large);
        PictureFile wide = PictureFile.read(image);
        Path file = folder.resolve("mask.png");
        PngFile.write(file, new Picture(600, 400, 1, mask));
        Damaged.Parts parts = new Damaged.Incomplete(file, HoleMask.Shade.WHITE).on(wide, image);
        Scope.run(() -> {
            Sample sample = Sample.of(Seen.of(large), parts, 1, 0);
            // Of the corners 0, 81, 163, 244, 326, 408 by 0, 69, 138, 208: (244, 208) has 186 * 182 missing, (326, 138)
            // fewer.
            assertThat(Images.ofTensor(sample.observation().image())).isEqualTo(Images.crop(large, 244, 208, 192, 192));
            Masking there = (Masking) sample.observation().operator();
            assertThat(192 * 192 - there.keptPixels()).isEqualTo(186 * 182L);
            assertThat(Tensors.doubles(sample.again(sample.observation().image(), dev.calotype.tensor.Rng.of(1))))
                    .as("the same holes once more, without noise")
                    .containsExactly(
                            Tensors.doubles(there.apply(sample.observation().image())),
                            org.assertj.core.api.Assertions.within(1e-9));
        });
    }

    @Test
    void theMaskOfAFileThatIsGoneIsNamed() throws IOException {
        Path gone = folder.resolve("gone.png");
        assertThat(Files.exists(gone)).isFalse();
        assertThatThrownBy(() -> on(new Damaged.Incomplete(gone, HoleMask.Shade.WHITE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gone.png");
        assertThat(List.of(new Damaged.Noisy().files(), new Damaged.Blurred("blur:1").files()))
                .allMatch(List::isEmpty);
    }
}
