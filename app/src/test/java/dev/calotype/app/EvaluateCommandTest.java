package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        for (int i : new int[] {1, 2, 10, 11}) {
            picture("rest/" + i + ".png", 100 + i);
            picture(String.format(Locale.ROOT, "orig/%03d.png", i), 104 + i);
        }
    }

    @Test
    void pairsAreToldWithTheirSizeAndWhatTheyArePairedBy() {
        Run run = evaluate("--metrics", "psnr,ssim");
        assertThat(run.exit()).isZero();
        assertThat(run.lastLine())
                .startsWith("PSNR 36.090 dB, SSIM 0.99")
                .endsWith("over 4 pairs of 48 x 32 pixels, paired by name, numbers by their value");
    }

    @Test
    void aSizeThatIsGivenBringsBothSidesToIt() {
        assertThat(evaluate("--metrics", "psnr", "--size", "16").lastLine()).contains("over 4 pairs of 16 x 16 pixels");
    }

    @Test
    void numbersCanBeHadAsCsv() throws IOException {
        Path csv = folder.resolve("scores.csv");
        assertThat(evaluate("--metrics", "psnr", "--csv", csv.toString()).exit())
                .isZero();
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(2);
        int at = List.of(lines.get(0).split(",")).indexOf("pairs.count");
        assertThat(lines.get(1).split(",")[at]).isEqualTo("4");
    }

    @Test
    void optionsThatWouldDoNothingAreRefused() {
        refused("--network and --weights would do nothing here", "--metrics", "psnr", "--network", "rooms");
        refused("--references would do nothing here", "--metrics", "ssim", "--references", "9");
        refused("--lpips would do nothing here", "--metrics", "psnr", "--lpips", "alex,a,b");
        refused("--seed and the options of sampling would do nothing here", "--metrics", "psnr", "--steps", "9");
        refused("--seed and the options of sampling would do nothing here", "--metrics", "psnr", "--seed", "9");
        refused("names a file already", "--network", "lenet:a.pth", "--weights", "b.pth");
    }

    @Test
    void theJudgeOfRoomsIsRefusedForPhotographs() {
        refused("belongs to rooms alone", "--allow-few", "--network", "rooms");
        Run insisted = evaluate("--allow-few", "--network", "rooms", "--metrics", "kid", "--allow-foreign-judge");
        assertThat(insisted.exit()).isZero();
        assertThat(insisted.err()).contains("Note: A foreign judge:");
    }

    @Test
    void aFolderOfNoiseIsSaidToBeNothingLikeRooms() throws Exception {
        Rng rng = Rng.of(1);
        for (int n = 0; n < 64; n++) {
            byte[] pixels = new byte[3 * 32 * 32];
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextInt(256);
            PngFile.write(
                    Files.createDirectories(folder.resolve("noise")).resolve(n + ".png"),
                    new Picture(32, 32, 3, pixels));
        }
        String noise = folder.resolve("noise").toString();
        Run run = Run.of("evaluate", noise, "--against", "rooms:test", "-n", "64", "--allow-few", "--json");
        assertThat(run.exit()).isZero();
        assertThat(run.err())
                .containsPattern(
                        "Note: These pictures are nothing like rooms: [0-4] % of a room is found in them on average\\.");
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.get("precision").asDouble()).isZero();
        assertThat(json.get("neighbour_coverage").asDouble()).isZero();
        assertThat(json.get("coverage").asDouble()).isZero();
        assertThat(json.get("shares").get("wall").get("cannot tell").asDouble()).isEqualTo(1);
        assertThat(json.get("room").asDouble()).isLessThan(0.05);
    }

    @Test
    void picturesOfAnyKindAreJudgedWithoutAnyFile() {
        Run run = evaluate("--allow-few");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("Both sides are brought to 32 x 32 pixels", "no objects: look at the pictures");
        assertThat(run.lastLine()).startsWith("FID ").contains("(scattering ");
    }

    @Test
    void statisticsAreWrittenAndTakenInThePlaceOfPictures() {
        String file = folder.resolve("orig.npz").toString();
        String original = folder.resolve("orig").toString(),
                restored = folder.resolve("rest").toString();
        assertThat(Run.of("evaluate", original, "--size", "32", "--save-statistics", file)
                        .exit())
                .isZero();
        Run run = Run.of("evaluate", restored, "--against", file, "--size", "32", "--allow-few");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("orig.npz are statistics, of 4 pictures");
        assertThat(run.lastLine()).startsWith("FID ").doesNotContain("KID");
        refused("--against, --metrics, --csv and --neighbours would do nothing here", "--save-statistics", file);
    }

    private void refused(String message, String... options) {
        Run run = evaluate(options);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    private Run evaluate(String... options) {
        List<String> all = new ArrayList<>(List.of(
                "evaluate",
                folder.resolve("rest").toString(),
                "--against",
                folder.resolve("orig").toString()));
        all.addAll(List.of(options));
        return Run.of(all.toArray(String[]::new));
    }

    private void picture(String name, int level) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        byte[] pixels = new byte[3 * 48 * 32];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (level + i % 5);
        PngFile.write(file, new Picture(48, 32, 3, pixels));
    }
}
