package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.data.augment.ColourJitter;
import dev.calotype.data.augment.RandAugment;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.data.video.ClipSettings.Sampling;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of clips of every kind as labelled data sets. */
class VideoFolderTest {
    private static final Path FILES = Path.of("src/test/resources/video");

    @TempDir
    Path temp;

    private static ImageDataset open(Path path, int frames) throws IOException {
        return open(path, new ClipSettings(frames, 0, Sampling.EVEN));
    }

    private static ImageDataset open(Path path, ClipSettings clip) throws IOException {
        return DataSource.open(path, ReadOptions.channels(3).withClip(clip));
    }

    private Path copy(String name, String as) throws IOException {
        Path file = temp.resolve(as);
        Files.createDirectories(file.getParent());
        return Files.copy(FILES.resolve(name), file);
    }

    /** A grey picture that tells its number. */
    private static Picture grey(int width, int height, int level) {
        byte[] pixels = new byte[3 * width * height];
        Arrays.fill(pixels, (byte) level);
        return new Picture(width, height, 3, pixels);
    }

    private Path draw(Picture picture, String as) throws IOException {
        Path file = temp.resolve(as);
        Files.createDirectories(file.getParent());
        PictureFormat.write(file, picture, Map.of());
        return file;
    }

    private static List<Integer> levels(Sample sample) {
        return sample.pictures().stream().map(p -> p.pixels()[0] & 0xFF).toList();
    }

    /** As of what is kept of a data set: latents, vectors, statistics. */
    @Test
    void otherFramesOfTheSameFilesAreOtherContent() throws IOException {
        copy("bt709.mp4", "a.mp4");
        Set<String> hashes = new HashSet<>();
        for (ClipSettings clip : List.of(
                ClipSettings.PICTURES,
                new ClipSettings(2, 0, Sampling.EVEN),
                new ClipSettings(2, 5, Sampling.EVEN),
                new ClipSettings(4, 0, Sampling.EVEN)))
            try (ImageDataset data = open(temp, clip)) {
                hashes.add(new ContentHash().add(data).hex());
            }
        assertThat(hashes).hasSize(4);
    }

    @Test
    void aFolderOfClassFoldersHoldsClipsOfEveryKind() throws IOException {
        copy("bt709.mp4", "wave/a.mp4");
        copy("animation.gif", "wave/b.gif");
        for (int i = 0; i < 12; i++) draw(grey(20, 16, 10 * i), String.format(Locale.ROOT, "walk/c/img_%d.png", i));
        List<Picture> frames = new ArrayList<>();
        for (int i = 0; i < 6; i++) frames.add(grey(16, 16, 20 * i));
        draw(Images.grid(frames, 6, 0), "walk/strip.png");
        copy("animation.webp", "run/only.webp");
        try (ImageDataset data = open(temp, 3)) {
            assertThat(data.isOfClips()).isTrue();
            assertThat(data.classes()).containsExactly("run", "walk", "wave");
            assertThat(data.size()).isEqualTo(5);
            assertThat(labels(data)).containsExactly(0, 1, 1, 2, 2);
            assertThat(levels(data.read(1)))
                    .containsExactly(20, 60, 100); // 2, 6 and 10 of 12, by number and not by name
            assertThat(levels(data.read(2))).containsExactly(20, 60, 100); // 1, 3 and 5 of 6
            assertThat(data.sampleName(1)).endsWith("walk/c");
            for (long i = 0; i < 5; i++) assertThat(data.read(i).pictures()).hasSize(3);
        }
    }

    private static List<Integer> labels(ImageDataset data) throws IOException {
        List<Integer> labels = new ArrayList<>();
        for (long i = 0; i < data.size(); i++) labels.add(data.read(i).label());
        for (long i = 0; i < data.size(); i++) assertThat(data.label(i)).isEqualTo(labels.get((int) i));
        return labels;
    }

    @Test
    void videosAloneArePicturesWhereNoClipsAreAskedFor() throws IOException {
        copy("bt709.mp4", "a.mp4");
        try (ImageDataset data = DataSource.open(temp, ReadOptions.channels(1))) {
            assertThat(data.read(0).image().channels()).isEqualTo(1);
        }
        draw(grey(8, 8, 1), "b.png");
        try (ImageDataset data = DataSource.open(temp, ReadOptions.channels(3))) {
            assertThat(data.size()).isOne();
            assertThat(data.passedOver()).anySatisfy(p -> assertThat(p.reason()).startsWith("videos among pictures"));
        }
    }

    @Test
    void aListNamesClipsOfFrames() throws IOException {
        for (int i = 1; i <= 6; i++)
            draw(grey(20, 16, 10 * i), String.format(Locale.ROOT, "jumping/0001/img_%05d.png", i));
        Files.writeString(
                temp.resolve("annotations.txt"), "jumping/0001 1 3 1\njumping/0001 4 6 0\njumping/0002 1 3 0\n");
        try (ImageDataset data = open(temp, 3)) {
            assertThat(data.size()).isEqualTo(2);
            assertThat(levels(data.read(0))).containsExactly(10, 20, 30);
            assertThat(levels(data.read(1))).containsExactly(40, 50, 60);
            assertThat(labels(data)).containsExactly(1, 0);
            assertThat(data.labelSource()).isEqualTo("annotations.txt");
            assertThat(data.passedOver())
                    .anySatisfy(p -> assertThat(p.example()).isEqualTo("jumping/0002 1 3 0"));
        }
        ReadOptions unlabelled = ReadOptions.channels(3)
                .withClip(new ClipSettings(3, 0, Sampling.EVEN))
                .withLabels(LabelRule.NONE);
        try (ImageDataset data = DataSource.open(temp.toString(), unlabelled)) {
            assertThat(data.read(0).label()).isEqualTo(Sample.UNLABELLED);
            assertThat(data.classes()).isEmpty();
        }
    }

    @Test
    void aSingleVideoIsADataSet() throws IOException {
        for (String name : new String[] {"vp9.webm", "animation.gif", "animation.webp", "mpeg4.avi"})
            try (ImageDataset data = open(FILES.resolve(name), 4)) {
                assertThat(data.size()).isOne();
                assertThat(data.read(0).pictures()).hasSize(4);
                assertThat(data.read(0).label()).isEqualTo(Sample.UNLABELLED);
            }
        assertThatThrownBy(() -> open(draw(grey(20, 16, 1), "still.png"), 4).read(0))
                .hasMessageEndingWith("still.png: it is no strip of square frames side by side: 20 x 16 pixels");
    }

    @Test
    void aBrokenVideoIsNamedAndSkipped() throws IOException {
        copy("bt709.mp4", "x/good.mp4");
        copy("bt601.mov", "y/good.mov");
        byte[] whole = Files.readAllBytes(FILES.resolve("bt709.mp4"));
        Files.write(temp.resolve("x/cut-short.mp4"), Arrays.copyOf(whole, 1000));
        Preparation plain = new Preparation(16, 3, Preparation.Flip.NONE);
        try (ImageDataset data = open(temp, 2)) {
            assertThatThrownBy(() -> data.read(0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut-short.mp4: it is no video");
            try (Batches batches =
                    new Batches(data, plain, Batches.Plan.of(6, 0).tolerating(0.5))) {
                Batch batch = batches.next();
                assertThat(batch.columns()
                                .get(Columns.VIDEO, Column.Bytes.class)
                                .shape())
                        .containsExactly(2, 3, 16, 16);
                assertThat(batches.corrupt()).isOne();
            }
        }
        assertThatThrownBy(() -> open(Files.createDirectories(temp.resolve("none")), 2))
                .hasMessageContaining(
                        "has no clips (videos, GIF, WebP, folders of numbered pictures, strips of frames): it is empty");
    }

    @Test
    void allFramesOfAClipAreChangedAlike() throws IOException {
        Augmentations wild =
                new Augmentations(0.5, 3, new ColourJitter(0.5, 0.5, 0.5, 0.2), new RandAugment(2, 12), 0.5, 1);
        Preparation preparation =
                new Preparation(32, 3, Preparation.Flip.RANDOM, Preparation.Crop.CENTRE, wild, Sampling.RANDOM);
        Picture frame = open(FILES.resolve("bt709.mp4"), 2).read(0).pictures().get(0);
        Sample still = new Sample("still", List.of(frame, frame, frame), Columns.NONE);
        ImageDataset stills = new Repeated(still);
        try (Batches batches = new Batches(stills, preparation, Batches.Plan.of(8, 3))) {
            byte[] values = batches.next()
                    .columns()
                    .get(Columns.VIDEO, Column.Bytes.class)
                    .values();
            int length = 3 * 32 * 32;
            for (int clip = 0; clip < 8; clip++)
                for (int t = 1; t < 3; t++)
                    assertThat(Arrays.equals(
                                    values,
                                    3 * clip * length,
                                    (3 * clip + 1) * length,
                                    values,
                                    (3 * clip + t) * length,
                                    (3 * clip + t + 1) * length))
                            .isTrue();
            assertThat(Arrays.equals(values, 0, length, values, 3 * length, 4 * length))
                    .isFalse();
        }
    }

    private record Repeated(Sample sample) implements ImageDataset {
        @Override
        public String name() {
            return "repeated";
        }

        @Override
        public long size() {
            return 8;
        }

        @Override
        public Sample read(long index) {
            return sample;
        }
    }

    @Test
    void aVideoIsSeenInSeveralClipsAndCrops() throws IOException {
        Preparation preparation = new Preparation(16, 3, Preparation.Flip.NONE);
        try (ImageDataset data = open(FILES.resolve("long.mp4"), new ClipSettings(4, 25, Sampling.RANDOM))) {
            Batch views = new Views(3, 2).of(data, 0, preparation);
            assertThat(views.columns().get(Columns.VIDEO, Column.Bytes.class).shape())
                    .containsExactly(4, 3, 16, 16);
            assertThat(views.count()).isEqualTo(6);
            List<Sample> clips = data.views(0, 3);
            assertThat(greys(clips.get(0))).containsExactly(20, 30, 40, 50);
            assertThat(greys(clips.get(1))).containsExactly(100, 110, 120, 130);
            assertThat(greys(clips.get(2))).containsExactly(180, 190, 200, 210);
            assertThat(greys(data.read(0))).isEqualTo(greys(clips.get(1)));
            assertThat(greys(data.read(0, Rng.of(5)))).hasSize(4).isNotEqualTo(greys(data.read(0, Rng.of(6))));
        }
        assertThatThrownBy(() -> new Views(0, 1)).hasMessage("clips must be in 1..100: 0");
    }

    /** What tells the numbers of the frames, in its last quarter. */
    private static List<Integer> greys(Sample clip) {
        return clip.pictures().stream()
                .map(p -> (int) (10 * Math.round((p.pixels()[3 * (40 * p.width() + 48)] & 0xFF) / 10.0)))
                .toList();
    }
}
