package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every example with settings that take seconds. */
class ExamplesTest {
    private static final List<String> TINY = List.of(
            "network.multipliers=[1]",
            "network.attention=[]",
            "training.minutes=0",
            "training.steps=4",
            "training.batch=4",
            "training.workers=1",
            "sampling.steps=2");

    @TempDir
    private static Path folder;

    private static Path run;

    @BeforeAll
    static void aModelOfFourSteps() throws IOException {
        String[] arguments = Stream.concat(Stream.of(folder.resolve("runs").toString()), TINY.stream())
                .toArray(String[]::new);
        TrainWithObserver.main(arguments);
        run = folder.resolve("runs").resolve("example-001");
    }

    @Test
    void aTrainingLeavesACheckpoint() {
        assertThat(run.resolve("checkpoints").toFile().list()).contains("step-00000004.safetensors");
    }

    @Test
    void sixteenPicturesAreDrawn() throws IOException {
        Path pictures = folder.resolve("pictures");
        Draw.main(new String[] {run.toString(), pictures.toString()});
        for (int i = 0; i < 16; i++) {
            BufferedImage picture = ImageIO.read(pictures.resolve(i + ".png").toFile());
            assertThat(picture.getWidth()).isEqualTo(32);
            assertThat(picture.getHeight()).isEqualTo(32);
        }
    }

    @Test
    void aModelIsJudged() throws IOException {
        var judgement = Judge.judge(run, 100);
        assertThat(judgement.images()).isEqualTo(100);
        assertThat(judgement.score("fid")).isPositive();
        assertThat(judgement.against()).contains("rooms");
    }

    @Test
    void aRestoredPictureIsNearerToTheOriginalThanTheNoisyOne() throws IOException {
        Path noisy = folder.resolve("noisy.png"), clean = folder.resolve("clean.png");
        BufferedImage original = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        BufferedImage worse = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < 64; y++)
            for (int x = 0; x < 64; x++) {
                int value = x / 16 % 2 == y / 16 % 2 ? 60 : 190;
                original.setRGB(x, y, grey(value));
                worse.setRGB(x, y, grey(value + (int) Math.round(25 * random.nextGaussian())));
            }
        ImageIO.write(worse, "png", noisy.toFile());
        Restore.main(new String[] {noisy.toString(), clean.toString(), "tv"});
        assertThat(Files.exists(clean)).isTrue();
        assertThat(distance(original, ImageIO.read(clean.toFile()))).isLessThan(distance(original, worse) / 4);
    }

    private static int grey(int value) {
        int v = Math.max(0, Math.min(255, value));
        return v << 16 | v << 8 | v;
    }

    /** The mean squared difference in green. */
    private static double distance(BufferedImage a, BufferedImage b) {
        double sum = 0;
        for (int y = 0; y < a.getHeight(); y++)
            for (int x = 0; x < a.getWidth(); x++) {
                int difference = (a.getRGB(x, y) >> 8 & 0xFF) - (b.getRGB(x, y) >> 8 & 0xFF);
                sum += difference * difference;
            }
        return sum / (a.getWidth() * a.getHeight());
    }

    @Test
    void namesThatPutPartsTogetherAnewAreWithheld() throws IOException {
        Path noto = folder.resolve("noto"), out = folder.resolve("emoji");
        Files.createDirectories(noto.resolve("png"));
        Files.createDirectories(noto.resolve("names"));
        for (String file : List.of("emoji_u1f7e2", "emoji_u1f7e6", "emoji_u0023_20e3"))
            Files.write(noto.resolve("png").resolve(file + ".png"), new byte[] {1});
        Files.write(
                noto.resolve("names/unicode-emoji-test.txt"),
                List.of(
                        "# Format: code points; status # emoji name",
                        "1F7E2         ; fully-qualified     # 🟢 E12.0 green circle",
                        "1F7E6         ; fully-qualified     # 🟦 E12.0 blue square",
                        "0023 FE0F 20E3 ; fully-qualified     # #️⃣ E0.6 keycap: #",
                        "0023 20E3     ; unqualified         # #⃣ E0.6 keycap: #",
                        "1F534         ; fully-qualified     # 🔴 E0.6 red circle"));
        EmojiPairs.main(new String[] {noto.toString(), out.toString()});
        assertThat(Files.readString(out.resolve("seen/captions.jsonl")))
                .isEqualTo("{\"file_name\": \"emoji_u0023_20e3.png\", \"text\": \"keycap: #\"}\n");
        assertThat(out.resolve("unseen").toFile().list())
                .containsExactlyInAnyOrder("emoji_u1f7e2.png", "emoji_u1f7e6.png", "captions.jsonl");
    }
}
