package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureKind;
import dev.calotype.image.PngFile;
import dev.calotype.tensor.Rng;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures as strangers bring them. */
class RestoreCommandTest {
    private static final Picture CLEAN = waves(32, 32);

    @TempDir
    private Path folder;

    private Path image;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        image = folder.resolve("noisy.png");
        out = folder.resolve("out.png");
        PngFile.write(image, noisy(CLEAN, 25));
    }

    @Test
    void aNoisyPictureGetsBetterAndTheResultSaysHow() throws IOException {
        JsonNode done = json("denoise", image, "--method", "tv");
        assertThat(psnr(PictureFile.read(out).colours()))
                .isGreaterThan(psnr(PictureFile.read(image).colours()) + 3);
        assertThat(done.get("sigma").asDouble()).isBetween(10.0, 40.0);
        assertThat(done.get("sigma_estimated").asBoolean()).isTrue();
        assertThat(done.get("method").asText()).isEqualTo("tv");
        assertThat(done.get("parts").asInt()).isEqualTo(1);
        assertThat(done.get("iterations").asInt()).isPositive();
        assertThat(PngFile.text(out)).containsKeys("Software", "restored", "method", "seed");
    }

    @Test
    void theEndOfTheNameSaysWhatIsWrittenAndNothingIsCalledEstimatedThatWasGiven() throws IOException {
        out = folder.resolve("out.webp");
        JsonNode done = json("denoise", image, "--method", "tv", "--sigma", "25");
        assertThat(done.get("sigma_estimated").asBoolean()).isFalse();
        assertThat(PictureKind.ofContent(Files.readAllBytes(out))).contains(PictureKind.WEBP);
        Path mask = folder.resolve("mask.png");
        byte[] missing = new byte[32 * 32];
        missing[40] = (byte) 255;
        PngFile.write(mask, new Picture(32, 32, 1, missing));
        out = folder.resolve("out.jpg");
        JsonNode whole = json("inpaint", image, "--mask", mask.toString(), "--method", "tv");
        assertThat(whole.get("sigma_estimated").asBoolean()).isFalse();
        assertThat(PictureKind.ofContent(Files.readAllBytes(out))).contains(PictureKind.JPEG);
    }

    @Test
    void aNetworkIsFittedAndPicturesOnTheWayAreKept() throws IOException {
        Path frames = folder.resolve("frames");
        JsonNode done = json(
                "denoise",
                image,
                "--method",
                "dip-ema",
                "--set",
                "network=skip-small",
                "--iterations",
                "4",
                "--sigma",
                "25",
                "--every",
                "2",
                "--frames",
                frames.toString());
        assertThat(done.get("method").asText()).isEqualTo("dip-ema");
        assertThat(done.get("iterations").asInt()).isEqualTo(4);
        assertThat(frames.toFile().list()).containsExactlyInAnyOrder("000002.png", "000004.png");
        assertThat(PictureFile.read(out).colours().width()).isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource({
        "upscale,--scale 2 --method tv --iterations 3,64",
        "deblur,--kernel blur:1.5 --method tv --iterations 3,32",
        "deblur,--kernel motion:5:30 --method pseudo-inverse,32",
        "dejpeg,--quality 30 --method tv --iterations 3,32",
        "denoise,--method unchanged,32"
    })
    void everyTaskHasAnAnswerOfTheRightSize(String task, String options, int size) throws IOException {
        List<String> all = new ArrayList<>(List.of(task, image.toString()));
        all.addAll(List.of(options.split(" ")));
        json(all.toArray());
        assertThat(PictureFile.read(out).colours().width()).isEqualTo(size);
    }

    @Test
    void holesAreFilledAndTheRestStays() throws IOException {
        PngFile.write(image, CLEAN);
        byte[] hole = new byte[32 * 32];
        for (int y = 10; y < 14; y++) Arrays.fill(hole, y * 32 + 5, y * 32 + 12, (byte) 255);
        Path mask = folder.resolve("mask.png");
        PngFile.write(mask, new Picture(32, 32, 1, hole));
        json("inpaint", image, "--mask", mask, "--method", "tv");
        Picture whole = PictureFile.read(out).colours();
        assertThat(Math.abs(whole.at(20, 20, 0) - CLEAN.at(20, 20, 0))).isLessThanOrEqualTo(3);
        assertThat(Math.abs(whole.at(8, 12, 0) - CLEAN.at(8, 12, 0))).isLessThan(60);
        for (int i = 0; i < hole.length; i++) hole[i] = (byte) ~hole[i];
        PngFile.write(mask, new Picture(32, 32, 1, hole));
        Path other = folder.resolve("other.png");
        assertThat(run("inpaint", image, "--mask", mask, "--missing", "black", "--method", "tv", "--out", other)
                        .exit())
                .isZero();
        assertThat(PictureFile.read(other)).isEqualTo(PictureFile.read(out));
    }

    @Test
    void aScratchIsFoundFilledAndToldInAReport() throws IOException {
        Picture clean = waves(120, 120);
        byte[] pixels = clean.pixels().clone();
        for (int y = 20; y < 110; y++) Arrays.fill(pixels, (y * 120 + 60) * 3, (y * 120 + 62) * 3, (byte) 255);
        PngFile.write(image, new Picture(120, 120, 3, pixels));
        Path truth = folder.resolve("truth.png"), mask = folder.resolve("found.png"), report = folder.resolve("r.html");
        PngFile.write(truth, clean);
        String[] find = {"restore", "inpaint", image.toString(), "--detect", "scratches", "--mask-out", mask.toString()
        };
        Run found = Run.of(find);
        assertThat(found.exit()).as(found.err()).isZero();
        assertThat(found.err()).contains("those that look like scratches or dust");
        assertThat(PictureFile.read(mask).colours().at(60, 60, 0)).isEqualTo(255);
        assertThat(PictureFile.read(mask).colours().at(90, 60, 0)).isZero();
        assertThat(Run.of(find).exit()).as("the mask is there").isEqualTo(2);
        json(
                "inpaint",
                image,
                "--detect",
                "scratches",
                "--mask-out",
                folder.resolve("again.png"),
                "--method",
                "tv",
                "--report",
                report,
                "--truth",
                truth);
        assertThat(psnr(PictureFile.read(out).colours(), clean)).isGreaterThan(35);
        assertThat(report).content().contains("Against the truth", "Missing pixels");
        assertThat(folder.resolve("again.png")).hasSameBinaryContentAs(mask);
        assertRefused(2, "say one or the other", "inpaint", image, "--detect", "scratches", "--mask", mask);
        Run none = Run.of("restore", "inpaint", image.toString(), "--mask", mask.toString());
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("--out=FILE");
    }

    @Test
    void theMasksOfAFolderAreMadeAloneAndTaken() throws IOException {
        Path in = Files.createDirectories(folder.resolve("scans")), masks = folder.resolve("masks");
        PngFile.write(in.resolve("clean.png"), waves(64, 64));
        Run made = Run.of(
                "restore", "inpaint", in.toString(), "--detect", "scratches", "--mask-out", masks.toString(), "--json");
        assertThat(made.exit()).as(made.err()).isZero();
        assertThat(made.err()).contains("1 masks written, 0 there already, 0 failed");
        assertThat(new ObjectMapper().readTree(made.lastLine()).get("marked").size())
                .isEqualTo(1);
        Path whole = folder.resolve("whole");
        Run taken = Run.of("restore", "inpaint", in.toString(), "--mask", masks.toString(), "--out", whole.toString());
        assertThat(taken.exit()).as(taken.err()).isZero();
        assertThat(PictureFile.read(whole.resolve("clean.png")).colours())
                .isEqualTo(PictureFile.read(in.resolve("clean.png")).colours());
    }

    @Test
    void aMistypedInputIsNamedAndAFailureNamesItsPictureOnce() throws IOException {
        Path absent = folder.resolve("scnas");
        Run run = Run.of("restore", "denoise", absent.toString(), "--out", folder + "/clean/");
        assertThat(run.exit()).isOne();
        assertThat(run.err()).contains("there is no file or folder " + absent);
        Path in = Files.createDirectories(folder.resolve("scans"));
        Files.writeString(in.resolve("a.png"), "no picture");
        Run failed = Run.of(
                "restore",
                "denoise",
                in.toString(),
                "--out",
                folder.resolve("clean").toString());
        assertThat(failed.exit()).isOne();
        assertThat(failed.err().lines().filter(line -> line.startsWith("failed: ")))
                .singleElement()
                .asString()
                .containsOnlyOnce("a.png");
    }

    @Test
    void aTruthThatIsNoneIsToldBeforeAnythingIsMade() throws IOException {
        Path truth = folder.resolve("truth.png");
        Run none = Run.of("restore", "denoise", image.toString(), "--out", out.toString(), "--truth", truth.toString());
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains(truth.toString());
        PngFile.write(truth, waves(32, 33));
        assertRefused(2, "has 32 x 33 pixels, the answer 32 x 32", "denoise", image, "--truth", truth);
        assertThat(out).doesNotExist();
    }

    @Test
    void alphaAndGreyAreKeptAndAlphaGrowsWithThePicture() throws IOException {
        byte[] alpha = new byte[32 * 32];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (byte) (i / 4);
        Picture grey = new Picture(32, 32, 1, new byte[32 * 32]);
        new PictureFile(grey, alpha, new byte[0]).write(image, Map.of());
        json("denoise", image, "--method", "unchanged");
        assertThat(PictureFile.read(out).alpha()).isEqualTo(alpha);
        assertThat(PictureFile.read(out).colours().channels()).isEqualTo(1);
        json("upscale", image, "--scale", "2", "--method", "unchanged", "--overwrite");
        assertThat(PictureFile.read(out).alpha()).hasSize(64 * 64);
    }

    @Test
    void aLargePictureIsRestoredInPartsThatFitTogether() throws IOException {
        PngFile.write(image, waves(2500, 1700));
        JsonNode done = json("denoise", image, "--method", "unchanged");
        assertThat(done.get("parts").asInt()).isGreaterThan(1);
        assertThat(PictureFile.read(out).colours()).isEqualTo(waves(2500, 1700));
    }

    @Test
    void theInputIsNeverWrittenOverAndOthersOnlyIfSaid() throws IOException {
        byte[] before = Files.readAllBytes(image);
        Path link = Files.createSymbolicLink(folder.resolve("link.png"), image);
        Path hard = Files.createLink(folder.resolve("hard.png"), image);
        for (Path name : List.of(image, link, hard)) {
            Run run = run("denoise", image, "--method", "unchanged", "--overwrite", "--out", name);
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("which is never written over");
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
        Files.writeString(out, "mine");
        assertRefused(2, "is there already", "denoise", image, "--method", "unchanged");
        assertThat(Files.readString(out)).isEqualTo("mine");
        json("denoise", image, "--method", "unchanged", "--overwrite");
        assertThat(PictureFile.read(out).colours().width()).isEqualTo(32);
    }

    @Test
    void whatCannotBeRestoredIsSaidInOneSentence() throws IOException {
        Path mask = folder.resolve("mask.png");
        PngFile.write(mask, new Picture(16, 32, 1, new byte[16 * 32]));
        assertRefused(2, "they must be the same", "inpaint", image, "--mask", mask);
        byte[] all = new byte[32 * 32];
        PngFile.write(mask, new Picture(32, 32, 1, all));
        assertRefused(2, "marks no pixel as missing", "inpaint", image, "--mask", mask);
        Arrays.fill(all, (byte) 255);
        PngFile.write(mask, new Picture(32, 32, 1, all));
        assertRefused(2, "marks every pixel as missing", "inpaint", image, "--mask", mask);
        assertRefused(2, "is not a JPEG file", "dejpeg", image);
        assertRefused(2, "did you mean 'dip'?", "denoise", image, "--method", "dipp");
        assertRefused(
                2,
                "unknown key strenght; did you mean strength?",
                "denoise",
                image,
                "--method",
                "tv",
                "--set",
                "strenght=1");
        assertRefused(2, "--prior RUN", "denoise", image, "--method", "ddpm");
        assertRefused(2, "--dncnn FILE", "denoise", image, "--method", "dncnn");
        assertRefused(2, "go together", "denoise", image, "--every", "3");
        assertRefused(2, "over the limit", "upscale", large(), "--scale", "16");
        assertRefused(1, "there is no file", "denoise", folder.resolve("nowhere.png"));
        byte[] bytes = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(1, "is truncated", "denoise", image);
    }

    private Path large() throws IOException {
        Path file = folder.resolve("large.png");
        PngFile.write(file, waves(1000, 1000));
        return file;
    }

    @Test
    void onePixelWorks() throws IOException {
        PngFile.write(image, new Picture(1, 1, 3, new byte[] {10, 20, 30}));
        json("denoise", image, "--method", "tv", "--overwrite");
        json(
                "denoise",
                image,
                "--method",
                "dip-ema",
                "--set",
                "network=skip-small",
                "--iterations",
                "2",
                "--overwrite");
        json("upscale", image, "--method", "unchanged", "--overwrite");
        assertThat(PictureFile.read(out).colours()).isEqualTo(new Picture(4, 4, 3, repeated(16, 10, 20, 30)));
    }

    private static byte[] repeated(int times, int... values) {
        byte[] all = new byte[times * values.length];
        for (int i = 0; i < all.length; i++) all[i] = (byte) values[i % values.length];
        return all;
    }

    @Test
    void aTiffOf16BitsAndTheFirstFrameOfAnAnimationWork() throws IOException {
        BufferedImage deep = new BufferedImage(40, 36, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 40 * 36; i++) deep.getRaster().setSample(i % 40, i / 40, 0, 40 * i);
        Path tiff = folder.resolve("deep.tiff");
        ImageIO.write(deep, "tiff", tiff.toFile());
        JsonNode grey = json("denoise", tiff, "--method", "tv");
        assertThat(grey.get("channels").asInt()).isEqualTo(1);
        Path gif = folder.resolve("moving.gif");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (var stream = ImageIO.createImageOutputStream(gif.toFile())) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(null);
            for (int frame = 0; frame < 3; frame++) {
                BufferedImage picture = new BufferedImage(33, 31, BufferedImage.TYPE_INT_RGB);
                picture.setRGB(frame, 0, 0xFF8000);
                writer.writeToSequence(new IIOImage(picture, null, null), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        json("denoise", gif, "--method", "unchanged", "--overwrite");
        Picture first = PictureFile.read(out).colours();
        assertThat(first.at(0, 0, 0)).isGreaterThan(200);
        assertThat(first.at(1, 0, 0)).isZero();
    }

    @Test
    void inkOfFourColoursBecomesRgb() throws IOException {
        Path jpeg = folder.resolve("ink.jpg");
        var raster = Raster.createInterleavedRaster(0, 32, 32, 4, null);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var stream = ImageIO.createImageOutputStream(jpeg.toFile())) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), writer.getDefaultWriteParam());
        } finally {
            writer.dispose();
        }
        JsonNode done = json("dejpeg", jpeg, "--method", "tv");
        assertThat(done.get("channels").asInt()).isEqualTo(3);
    }

    @Test
    void aStudyEndsInATableAndAReport() throws IOException {
        PngFile.write(image, CLEAN);
        Path file = Files.writeString(
                folder.resolve("study.yaml"),
                """
                name: tiny
                pictures: {files: [noisy.png]}
                degradations: ["gaussian:25"]
                methods: {seen: unchanged, tv: tv, dip: {method: dip, network: skip-small, iterations: 3}}
                seeds: [0, 1]
                baseline: seen
                """);
        String[] command = {"study", "restore", file.toString(), "--out", folder.toString(), "--json"};
        Run run = Run.of(command);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode table = new ObjectMapper().readTree(run.lastLine());
        assertThat(table.get("rows")).hasSize(3);
        assertThat(table.get("rows").get(1).get("against").get("wins").asInt()).isEqualTo(2);
        assertThat(folder.resolve("tiny/report.html")).exists();
        assertThat(Run.of(command).err()).doesNotContain("dB in");
        Run wrong = Run.of("study", "restore", file.toString(), "--out", image.toString());
        assertThat(wrong.exit()).isEqualTo(1);
    }

    private void assertRefused(int exit, String sentence, Object... arguments) throws IOException {
        boolean there = Files.exists(out);
        Run run = run(withOut(arguments));
        assertThat(run.exit()).as(run.err()).isEqualTo(exit);
        assertThat(run.err().lines().filter(line -> line.startsWith("calotype: ")))
                .singleElement()
                .asString()
                .contains(sentence);
        assertThat(Files.exists(out)).isEqualTo(there);
    }

    private Object[] withOut(Object... arguments) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--out";
        all[arguments.length + 1] = out;
        return all;
    }

    private JsonNode json(Object... arguments) throws IOException {
        Object[] all = Arrays.copyOf(withOut(arguments), arguments.length + 3);
        all[arguments.length + 2] = "--json";
        Run run = run(all);
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private static Run run(Object... arguments) {
        List<String> all = new ArrayList<>(List.of("restore"));
        for (Object argument : arguments) all.add(argument.toString());
        return Run.of(all.toArray(String[]::new));
    }

    private static Picture waves(int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < 3; c++) pixels[i++] = (byte) (127 + 90 * Math.sin((x + (c + 1) * y) / 12.0));
        return new Picture(width, height, 3, pixels);
    }

    private static Picture noisy(Picture clean, double sigma) {
        Rng rng = Rng.of(1);
        byte[] pixels = clean.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            double normal = Math.sqrt(-2 * Math.log(1 - rng.nextDouble())) * Math.cos(2 * Math.PI * rng.nextDouble());
            pixels[i] = (byte) Math.max(0, Math.min(255, Math.round((pixels[i] & 0xFF) + sigma * normal)));
        }
        return new Picture(clean.width(), clean.height(), 3, pixels);
    }

    private static double psnr(Picture picture) {
        return psnr(picture, CLEAN);
    }

    private static double psnr(Picture picture, Picture clean) {
        double sum = 0;
        for (int i = 0; i < picture.pixels().length; i++) {
            int error = (picture.pixels()[i] & 0xFF) - (clean.pixels()[i] & 0xFF);
            sum += error * error;
        }
        return 10 * Math.log10(255 * 255 * picture.pixels().length / sum);
    }
}
