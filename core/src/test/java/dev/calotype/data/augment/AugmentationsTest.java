package dev.calotype.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Laws, and the numbers of torchvision 0.29.2 as bench/peers/golden_augment.py wrote them. */
class AugmentationsTest {
    private static final Map<RandAugment.Operation, String> NAMES = new TreeMap<>(Map.ofEntries(
            Map.entry(RandAugment.Operation.SHEAR_X, "ShearX"),
            Map.entry(RandAugment.Operation.SHEAR_Y, "ShearY"),
            Map.entry(RandAugment.Operation.TRANSLATE_X, "TranslateX"),
            Map.entry(RandAugment.Operation.TRANSLATE_Y, "TranslateY"),
            Map.entry(RandAugment.Operation.ROTATE, "Rotate"),
            Map.entry(RandAugment.Operation.BRIGHTNESS, "Brightness"),
            Map.entry(RandAugment.Operation.COLOUR, "Color"),
            Map.entry(RandAugment.Operation.CONTRAST, "Contrast"),
            Map.entry(RandAugment.Operation.SHARPNESS, "Sharpness"),
            Map.entry(RandAugment.Operation.POSTERIZE, "Posterize"),
            Map.entry(RandAugment.Operation.SOLARIZE, "Solarize"),
            Map.entry(RandAugment.Operation.AUTO_CONTRAST, "AutoContrast"),
            Map.entry(RandAugment.Operation.EQUALIZE, "Equalize")));

    private final PointerScope scope = new PointerScope();
    private Map<String, Tensor> golden;
    private Picture picture;

    @BeforeEach
    void read() throws IOException {
        golden = SafeTensors.read(Path.of("src/test/resources/augment.safetensors"))
                .tensors();
        picture = picture("picture");
    }

    @AfterEach
    void free() {
        scope.close();
    }

    private Picture picture(String name) {
        Tensor planar = golden.get(name); // (3, H, W)
        return new Picture(
                (int) planar.size(2),
                (int) planar.size(1),
                3,
                Tensors.bytes(planar.permute(1, 2, 0).contiguous()));
    }

    /** The share of values that differ by more than {@code most}. */
    private static double different(Picture a, Picture b, int most) {
        int count = 0;
        for (int i = 0; i < a.pixels().length; i++)
            if (Math.abs((a.pixels()[i] & 0xFF) - (b.pixels()[i] & 0xFF)) > most) count++;
        return (double) count / a.pixels().length;
    }

    @Test
    void everyOperationOfRandAugmentIsTorchvisions() {
        NAMES.forEach((operation, name) -> {
            for (int magnitude : new int[] {6, 9, 30})
                for (int sign : new int[] {1, -1}) {
                    String key = name + "." + magnitude + "." + sign;
                    if (!golden.containsKey(key)) continue;
                    Picture ours = operation.apply(picture, magnitude / 30.0, sign);
                    assertThat(different(ours, picture(key), 0))
                            .as(key)
                            .isLessThan(0.04); // by one level, at the last bit
                    assertThat(different(ours, picture(key), 1)).as(key).isLessThan(0.004); // at a half pixel
                }
        });
    }

    @Test
    void hueIsTorchvisionsUpToRounding() {
        assertThat(different(Tones.hue(picture, 0.2), picture("hue"), 1)).isZero();
    }

    @Test
    void aMagnitudeOfNothingChangesNothing() {
        for (RandAugment.Operation operation : RandAugment.Operation.values())
            if (operation.ordinal() < RandAugment.Operation.SOLARIZE.ordinal())
                assertThat(operation.apply(picture, 0, 1)).as(operation.name()).isEqualTo(picture);
        assertThat(Augmentations.NONE.apply(picture, Rng.of(0))).isEqualTo(picture);
    }

    @Test
    void aCropHasTheAreaAndTheRatioThatItMayHave() {
        Set<RandomResizedCrop.Part> parts = new HashSet<>();
        double areas = 0;
        for (int seed = 0; seed < 400; seed++) {
            RandomResizedCrop.Part part = new RandomResizedCrop(0.2, 0.6).part(300, 200, Rng.of(seed));
            double area = (double) part.width() * part.height() / (300 * 200);
            assertThat(area).isBetween(0.19, 0.61);
            assertThat((double) part.width() / part.height()).isBetween(0.74, 1.35);
            assertThat(part.left()).isBetween(0, 300 - part.width());
            assertThat(part.top()).isBetween(0, 200 - part.height());
            parts.add(part);
            areas += area / 400;
        }
        assertThat(parts).hasSizeGreaterThan(390);
        assertThat(areas).isCloseTo(0.39, within(0.02));
        assertThat(new RandomResizedCrop(1, 1).part(600, 100, Rng.of(1)))
                .isEqualTo(new RandomResizedCrop.Part(233, 0, 133, 100));
    }

    @Test
    void erasingHidesOneRectangleAndNothingElse() {
        int erased = 0;
        for (int seed = 0; seed < 200; seed++) {
            Picture out = new RandomErasing(0.5).apply(picture, Rng.of(seed));
            int left = 99, right = -1, top = 99, bottom = -1, changed = 0;
            for (int y = 0; y < picture.height(); y++)
                for (int x = 0; x < picture.width(); x++)
                    if (out.at(x, y, 0) != picture.at(x, y, 0) || out.at(x, y, 1) != picture.at(x, y, 1)) {
                        left = Math.min(left, x);
                        right = Math.max(right, x);
                        top = Math.min(top, y);
                        bottom = Math.max(bottom, y);
                        changed++;
                        for (int c = 0; c < 3; c++) assertThat(out.at(x, y, c)).isEqualTo(128);
                    }
            if (changed == 0) continue;
            erased++;
            double area = (double) (right - left + 1) * (bottom - top + 1) / (26 * 20);
            assertThat(area).isBetween(0.01, 0.36);
            assertThat(changed).isGreaterThan((int) (0.9 * area * 26 * 20));
        }
        assertThat(erased).isBetween(75, 125);
    }

    @Test
    void aShiftedPictureIsThePictureElsewhere() {
        Augmentations shift = new Augmentations(1, 3, ColourJitter.NONE, RandAugment.NONE, 0, 1);
        Set<String> places = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            Picture out = shift.apply(picture, Rng.of(seed));
            for (int right = -3; right <= 3; right++)
                for (int down = -3; down <= 3; down++)
                    if (out.equals(Warps.moved(picture, right, down))) places.add(right + "," + down);
        }
        assertThat(places).hasSize(49);
        assertThat(Warps.moved(picture, 2, -1).at(5, 4, 1)).isEqualTo(picture.at(3, 5, 1));
        assertThat(Warps.moved(picture, 2, -1).at(1, 4, 1)).isZero();
    }

    @Test
    void jitterOfGreyPicturesKeepsThemGreyAndMeansStayInBounds() {
        ColourJitter jitter = new ColourJitter(0.3, 0, 0, 0);
        double mean = mean(picture);
        for (int seed = 0; seed < 50; seed++)
            assertThat(mean(jitter.apply(picture, Rng.of(seed))) / mean).isBetween(0.65, 1.31);
        Picture grey = new Picture(4, 3, 1, new byte[] {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 100, 50});
        assertThat(new ColourJitter(0.3, 0.3, 0.3, 0.5).apply(grey, Rng.of(1)).channels())
                .isEqualTo(1);
        assertThat(new ColourJitter(0, 0, 0.4, 0.3).apply(grey, Rng.of(1))).isEqualTo(grey);
    }

    private static double mean(Picture picture) {
        double sum = 0;
        for (byte each : picture.pixels()) sum += each & 0xFF;
        return sum / picture.pixels().length;
    }

    /** Pictures that are all of one value, that of their label. */
    private record Plain(int size0) implements ImageDataset {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public long size() {
            return size0;
        }

        @Override
        public Sample read(long index) {
            byte[] pixels = new byte[16];
            Arrays.fill(pixels, (byte) (index + 1));
            return new Sample("p" + index, new Picture(4, 4, 1, pixels), (int) index, "", Map.of());
        }
    }

    @Test
    void repeatedSamplesStandSideBySideAndAreChangedEachOnItsOwn() {
        Augmentations twice = new Augmentations(1, 2, ColourJitter.NONE, RandAugment.NONE, 0, 3);
        Preparation preparation = new Preparation(
                4, 1, Preparation.Flip.NONE, Preparation.Crop.CENTRE, twice, ClipSettings.Sampling.EVEN);
        Set<Integer> seen = new HashSet<>();
        try (Batches batches = new Batches(new Plain(8), preparation, Batches.Plan.of(6, 5))) {
            Set<List<Byte>> versions = new HashSet<>();
            for (int step = 0; step < 4; step++) {
                Batch batch = batches.next();
                int[] labels = batch.labels();
                assertThat(labels[0]).isEqualTo(labels[1]).isEqualTo(labels[2]);
                assertThat(labels[3]).isEqualTo(labels[4]).isEqualTo(labels[5]);
                seen.add(labels[0]);
                seen.add(labels[3]);
                for (int i = 0; i < 6; i++) {
                    Byte[] row = new Byte[16];
                    for (int j = 0; j < 16; j++) row[j] = batch.pixels()[i * 16 + j];
                    versions.add(List.of(row));
                }
            }
            assertThat(versions).hasSizeGreaterThan(16);
        }
        assertThat(seen).hasSize(8);
    }

    @Test
    void valuesThatCannotBeAreRefusedInOneSentence() {
        assertThatThrownBy(() -> new Augmentations(0, 0, ColourJitter.NONE, RandAugment.NONE, 0, 1))
                .hasMessage("crop must be above 0 and at most 1: 0.0");
        assertThatThrownBy(() -> new RandAugment(2, 31)).hasMessage("magnitude must be in 0..30: 31");
        assertThatThrownBy(() -> new ColourJitter(0, 0, 0, 0.6)).hasMessage("hue must be in 0..0.5: 0.6");
        Augmentations crop = new Augmentations(0.5, 0, ColourJitter.NONE, RandAugment.NONE, 0, 1);
        assertThatThrownBy(() -> new Preparation(
                        8, 3, Preparation.Flip.NONE, Preparation.Crop.RANDOM, crop, ClipSettings.Sampling.EVEN))
                .hasMessage("crop must be CENTRE where augment.crop is below 1: RANDOM");
    }
}
