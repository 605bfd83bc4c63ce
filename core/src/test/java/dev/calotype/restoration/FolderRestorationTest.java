package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restore.Budget;
import dev.calotype.study.Studies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRestorationTest {
    @TempDir
    private Path folder;

    private Path in;
    private Path out;
    private final List<String> sentences = new ArrayList<>();
    private int steps = Integer.MAX_VALUE;

    private final PictureRestoration.Listener listener = new PictureRestoration.Listener() {
        @Override
        public void planned(String sentence) {
            sentences.add(sentence);
        }

        @Override
        public void step(RestorationStatus status) {
            steps--;
        }

        @Override
        public boolean stopRequested() {
            return steps <= 0;
        }
    };

    @BeforeEach
    void write() throws IOException {
        in = Files.createDirectory(folder.resolve("in"));
        out = folder.resolve("out");
        for (String name : List.of("b.png", "a.png")) PngFile.write(in.resolve(name), Studies.smooth(24, 20, 3, 9));
        Files.writeString(in.resolve("notes.txt"), "no picture");
        Files.writeString(in.resolve(".hidden.png"), "hidden");
    }

    private FolderRestoration.Done run(Damaged damaged, Method method, Equipment.Sources sources) throws IOException {
        return run(damaged, method, sources, null, in);
    }

    private FolderRestoration.Done run(
            Damaged damaged, Method method, Equipment.Sources sources, Path masks, Path pictures) throws IOException {
        double sigma = damaged instanceof Damaged.Incomplete ? Double.NaN : 25;
        var request = new PictureRestoration.Request(pictures, damaged, method, sources, sigma, new Budget(0, 2), 0);
        return FolderRestoration.run(request, out, masks, Existing.REFUSE, listener);
    }

    private FolderRestoration.Done smooth() throws IOException {
        return run(new Damaged.Noisy(), Methods.named("tv", List.of()), Equipment.Sources.NONE);
    }

    private static Equipment.Sources sources(String prior, String dncnn, String denoiser) {
        Equipment.Sources none = Equipment.Sources.NONE;
        return new Equipment.Sources(prior, dncnn, denoiser, none.device(), none.precision());
    }

    @Test
    void everyPictureIsRestoredUnderItsNameInOrder() throws IOException {
        FolderRestoration.Done done = smooth();
        assertThat(done.restored())
                .extracting(PictureRestoration.Done::out)
                .containsExactly(
                        out.resolve("a.png").toString(), out.resolve("b.png").toString());
        assertThat(done.kept()).isZero();
        assertThat(done.others()).isEqualTo(1);
        assertThat(done.failures()).isEmpty();
        assertThat(done.stopped()).isFalse();
        assertThat(sentences.get(0)).isEqualTo("1 of 2: a.png");
        assertThat(out.toFile().list()).containsExactlyInAnyOrder("a.png", "b.png");
    }

    @Test
    void whatIsThereIsKeptAndWhatFailsStopsNoOther() throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("a.png"), "mine");
        Files.writeString(in.resolve("aa.png"), "damaged");
        FolderRestoration.Done done = smooth();
        assertThat(done.kept()).isEqualTo(1);
        assertThat(out.resolve("a.png")).hasContent("mine");
        assertThat(done.restored()).hasSize(1);
        assertThat(done.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.image()).endsWith("aa.png");
            assertThat(sentences).contains("It failed: " + failure.message());
        });
    }

    @Test
    void whatIsInterruptedIsMadeWholeNextTime() throws IOException {
        steps = 3;
        FolderRestoration.Done done = smooth();
        assertThat(done.stopped()).isTrue();
        assertThat(done.restored()).hasSize(1);
        assertThat(out.resolve("b.png")).doesNotExist();
        steps = Integer.MAX_VALUE;
        FolderRestoration.Done rest = smooth();
        assertThat(rest.kept()).isEqualTo(1);
        assertThat(rest.restored()).hasSize(1);
        assertThat(PictureFile.read(out.resolve("b.png")).colours().width()).isEqualTo(24);
    }

    @Test
    void whatIsWrongForAllPicturesFailsOnceBeforeTheFirst() throws IOException {
        Method smooth = Methods.named("tv", List.of()), auto = Methods.named("auto", List.of());
        Damaged noisy = new Damaged.Noisy();
        Path nowhere = folder.resolve("nowhere.png");
        assertThatThrownBy(() -> run(new Damaged.Incomplete(nowhere, null), smooth, Equipment.Sources.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere.png");
        assertThatThrownBy(() -> run(noisy, Methods.named("dncnn", List.of()), Equipment.Sources.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`dncnn`");
        assertThatThrownBy(() -> run(noisy, Methods.named("ddpm", List.of()), Equipment.Sources.NONE))
                .hasMessageContaining("`prior`");
        for (Method method : List.of(auto, Methods.named("denoiser", List.of())))
            assertThatThrownBy(() -> run(noisy, method, sources("", "", nowhere.toString())))
                    .hasMessageContaining("nowhere.png");
        assertThatThrownBy(() -> run(noisy, smooth, sources("", "", nowhere.toString())))
                .hasMessage("`denoiser` is of no use for the method tv: leave it out, or take another `method`");
        assertThatThrownBy(() -> run(noisy, smooth, sources("run", "", "")))
                .hasMessageContaining("`prior` is of no use");
        assertThat(sentences).isEmpty();
        assertThat(out).as("a folder that nothing was put into").doesNotExist();
        assertThatThrownBy(() -> run(noisy, smooth, Equipment.Sources.NONE, folder.resolve("masks"), folder))
                .hasMessageContaining("has no pictures");
        assertThat(List.of(out, folder.resolve("masks")))
                .allSatisfy(path -> assertThat(path).doesNotExist());
    }

    @Test
    void aMaskThatMarksNothingLeavesItsPictureAsItIs() throws IOException {
        Path masks = Files.createDirectories(folder.resolve("masks"));
        PngFile.write(masks.resolve("a.png"), new Picture(24, 20, 1, new byte[24 * 20]));
        byte[] some = new byte[24 * 20];
        some[30] = (byte) 255;
        PngFile.write(masks.resolve("b.png"), new Picture(24, 20, 1, some));
        FolderRestoration.Done done = run(
                new Damaged.Incomplete(masks, null), Methods.named("tv", List.of()), Equipment.Sources.NONE, null, in);
        assertThat(done.failures()).isEmpty();
        assertThat(PictureFile.read(out.resolve("a.png"))).isEqualTo(PictureFile.read(in.resolve("a.png")));
        assertThat(PictureFile.read(out.resolve("b.png"))).isNotEqualTo(PictureFile.read(in.resolve("b.png")));
    }

    @Test
    void masksAreWrittenWithoutRestoringAnything() throws IOException {
        Path masks = folder.resolve("masks");
        Files.writeString(in.resolve("aa.png"), "damaged");
        FolderRestoration.Marked marked =
                FolderRestoration.masks(in, new Damaged.Scratched(), masks, Existing.REFUSE, listener);
        assertThat(marked.marked())
                .containsExactly(
                        masks.resolve("a.png").toString(),
                        masks.resolve("b.png").toString());
        assertThat(marked.others()).isEqualTo(1);
        assertThat(marked.failures()).singleElement().satisfies(failure -> assertThat(failure.image())
                .endsWith("aa.png"));
        assertThat(FolderRestoration.masks(in, new Damaged.Scratched(), masks, Existing.REFUSE, listener)
                        .kept())
                .isEqualTo(2);
        assertThatThrownBy(() -> FolderRestoration.masks(in, new Damaged.Noisy(), in, Existing.REFUSE, listener))
                .hasMessageContaining("holds the pictures themselves");
    }

    /** A white line over each picture, and the masks of it in a folder. */
    private Path scratched() throws IOException {
        Path masks = Files.createDirectory(folder.resolve("masks"));
        for (String name : List.of("a", "b")) {
            byte[] pixels = Studies.smooth(120, 100, 1, 9).pixels().clone(), mask = new byte[pixels.length];
            for (int y = 10; y < 90; y++)
                for (int x = 50; x < 53; x++) {
                    pixels[y * 120 + x] = (byte) 255;
                    mask[y * 120 + x] = (byte) 255;
                }
            PngFile.write(in.resolve(name + ".png"), new Picture(120, 100, 1, pixels));
            PngFile.write(masks.resolve(name + ".png"), new Picture(120, 100, 1, mask));
        }
        return masks;
    }

    @Test
    void eachPictureHasTheMaskOfItsName() throws IOException {
        Path masks = scratched();
        Method smooth = Methods.named("tv", List.of());
        Files.delete(masks.resolve("b.png"));
        FolderRestoration.Done done = run(new Damaged.Incomplete(masks, null), smooth, Equipment.Sources.NONE);
        assertThat(done.restored()).singleElement().satisfies(one -> assertThat(one.missing())
                .isEqualTo(240));
        assertThat(done.failures()).singleElement().satisfies(failure -> assertThat(failure.message())
                .contains("there is no mask of ", "by the name b.png"));
    }

    @Test
    void whatIsFoundIsKeptByTheNamesOfThePictures() throws IOException {
        scratched();
        Path found = folder.resolve("found");
        var request = new PictureRestoration.Request(
                in,
                new Damaged.Scratched(),
                Methods.named("tv", List.of()),
                Equipment.Sources.NONE,
                Double.NaN,
                new Budget(0, 2),
                0);
        steps = 3;
        assertThat(FolderRestoration.run(request, out, found, Existing.REFUSE, listener)
                        .stopped())
                .isTrue();
        assertThat(found.toFile().list()).as("of the one that is whole").containsExactly("a.png");
        steps = Integer.MAX_VALUE;
        FolderRestoration.Done rest = FolderRestoration.run(request, out, found, Existing.REFUSE, listener);
        assertThat(rest.failures()).isEmpty();
        assertThat(rest.kept()).isEqualTo(1);
        Picture mask = PictureFile.read(found.resolve("b.png")).colours();
        assertThat(mask.at(51, 50, 0)).isEqualTo(255);
    }

    @Test
    void picturesWhoseNamesDifferInTheirEndsHaveMasksOfTheirOwn() throws IOException {
        scratched();
        PictureFormat.write(
                in.resolve("b.tif"), PictureFile.read(in.resolve("a.png")).colours(), Map.of());
        Path found = folder.resolve("found");
        var request = new PictureRestoration.Request(
                in,
                new Damaged.Scratched(),
                Methods.named("tv", List.of()),
                Equipment.Sources.NONE,
                Double.NaN,
                new Budget(0, 2),
                0);
        FolderRestoration.Done done = FolderRestoration.run(request, out, found, Existing.REFUSE, listener);
        assertThat(done.failures()).isEmpty();
        assertThat(found.toFile().list()).contains("a.png", "b.png", "b.tif.png");
        out = folder.resolve("better");
        Files.delete(found.resolve("b.png"));
        assertThat(run(new Damaged.Incomplete(found, null), Methods.named("tv", List.of()), Equipment.Sources.NONE)
                        .failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.image()).endsWith("b.png"));
    }

    @Test
    void theFolderItselfAndOneWithoutPicturesAreRefused() throws IOException {
        out = in;
        assertThatThrownBy(this::smooth).hasMessageContaining("holds the pictures themselves");
        out = folder.resolve("out");
        in = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(this::smooth).hasMessageContaining("has no pictures");
    }

    @Test
    void whatIsNotWrittenInItsOwnFormatBecomesPng() throws IOException {
        Picture grey = Studies.smooth(24, 20, 1, 9);
        Files.delete(in.resolve("a.png"));
        ImageIO.write(grey.toBufferedImage(), "bmp", in.resolve("a.bmp").toFile());
        Files.copy(in.resolve("b.png"), in.resolve("noname"));
        smooth();
        assertThat(out.toFile().list()).containsExactlyInAnyOrder("a.bmp.png", "b.png", "noname.png");
    }
}
