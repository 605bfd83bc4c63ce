package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A small clip, trained for a few steps, and all that is done with it. */
@TestInstance(Lifecycle.PER_CLASS)
class ClipCommandsTest {
    private static final String RECIPE =
            """
            kind: clip
            name: small
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 300, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 16
            training: {minutes: 0, steps: 4, batch: 16, workers: 2, precision: fp32, decay: constant, warmup: 2}
            """;

    private Path folder;
    private Path run;
    private Path pictures;

    @BeforeAll
    void train(@TempDir Path made) throws IOException {
        folder = made;
        Path recipe = Files.writeString(folder.resolve("small.yaml"), RECIPE);
        assertThat(Run.of(
                                "train",
                                recipe.toString(),
                                "--out",
                                folder.resolve("runs").toString())
                        .exit())
                .isZero();
        run = folder.resolve("runs/small-001");
        pictures = Files.createDirectories(folder.resolve("pictures"));
        for (int i = 0; i < 5; i++) {
            PngFile.write(pictures.resolve(i + ".png"), Rooms.test(32).read(i).image(), Map.of());
            if (i != 3)
                Files.writeString(pictures.resolve(i + ".txt"), Rooms.test(32).caption(i));
        }
        Files.writeString(pictures.resolve("torn.png"), "\u0089PNG\r\n\u001a\nno more");
    }

    private Run with(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--model", run.toString()));
        return Run.of(all.toArray(String[]::new));
    }

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    @Test
    void theVocabularyIsKeptInTheRecipeOfTheRun() throws IOException {
        assertThat(Files.readString(run.resolve("experiment.yaml"))).contains("b ed</w>");
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheSameWeights() throws IOException {
        Path recipe = folder.resolve("small.yaml");
        String out = folder.resolve("again").toString();
        JsonNode whole = json(Run.of("train", recipe.toString(), "--out", out, "--json"));
        json(Run.of("train", recipe.toString(), "--out", out, "--set", "training.steps=2", "--json"));
        JsonNode resumed = json(Run.of("train", "--resume", out + "/small-002", "--set", "training.steps=4", "--json"));
        assertThat(resumed.get("weights_hash")).isEqualTo(whole.get("weights_hash"));
    }

    @Test
    void picturesAreEmbeddedAndSearchedForATextWithTheSameScores() throws IOException {
        Path file = folder.resolve("pictures.safetensors");
        JsonNode embedded = json(with("embed", pictures.toString(), "--out", file.toString(), "--json"));
        assertThat(embedded.get("count").asInt()).isEqualTo(5);
        assertThat(embedded.get("unreadable").asInt()).isEqualTo(1);
        assertThat(embedded.get("length").asInt()).isEqualTo(16);
        Run kept = with("search", file.toString(), "a red bed", "-n", "3");
        Run anew = with("search", pictures.toString(), "a red bed", "-n", "3");
        assertThat(kept.out()).isEqualTo(anew.out()).containsPattern("0\\.\\d{4}  .*png");
        assertThat(kept.out().strip().lines()).hasSize(3);
    }

    @Test
    void textsAreEmbeddedFromTheLineAndFromAFile() throws IOException {
        Path lines = Files.writeString(folder.resolve("lines.txt"), "a red bed\na blue bed\n");
        String out = folder.resolve("texts.npy").toString();
        JsonNode embedded =
                json(with("embed", "--text", "a lamp", "--texts", lines.toString(), "--out", out, "--json"));
        assertThat(embedded.get("count").asInt()).isEqualTo(3);
        assertThat(Files.size(Path.of(out))).isEqualTo(128 + 3 * 16 * 4);
    }

    @Test
    void aPictureIsMatchedWithTexts() throws IOException {
        JsonNode told = json(with("match", pictures.resolve("0.png").toString(), "a bed", "a lamp", "--json"));
        double sum = 0;
        for (JsonNode one : told.get("texts")) sum += one.get("probability").asDouble();
        assertThat(sum).isBetween(0.999, 1.001);
    }

    @Test
    void evaluateTellsHowPicturesAndCaptionsFindEachOther() throws IOException {
        JsonNode told = json(Run.of("evaluate", "rooms:test", "--clip", run.toString(), "-n", "32", "--json"));
        assertThat(told.get("retrieval").get("pairs").asInt()).isEqualTo(32);
        assertThat(told.get("retrieval").get("texts").get("at10").asDouble()).isBetween(0.0, 1.0);
        assertThat(told.get("attributes").size()).isEqualTo(13);
        Run few = Run.of("evaluate", pictures.toString(), "--metrics", "clip-score", "--clip", run.toString());
        assertThat(few.exit()).isZero();
        assertThat(few.out()).contains("CLIP score", "among 4:");
        assertThat(few.err())
                .contains("1 of the 5 pictures have no caption", "1 pictures cannot be read and are left out");
    }

    @Test
    void withoutCaptionsClassesOrAttributesNothingIsJudged() throws IOException {
        Path plain = Files.createDirectories(folder.resolve("plain"));
        for (int i = 0; i < 3; i++)
            PngFile.write(plain.resolve(i + ".png"), Rooms.test(32).read(i).image(), Map.of());
        Run none = Run.of("evaluate", plain.toString(), "--clip", run.toString());
        assertThat(none.exit()).isOne();
        assertThat(none.err()).contains("the 3 pictures of " + plain + " have none of these");
        assertThat(none.out()).isEmpty();
    }

    @Test
    void aFolderIsNoPictureAndTextsAreInUtf8() throws IOException {
        Run folderOfMany = with("match", pictures.toString(), "a bed", "a lamp");
        assertThat(folderOfMany.err()).contains(pictures + " is a folder: name a picture");
        Path latin = folder.resolve("latin.txt");
        Files.write(latin, "a caf\u00E9".getBytes(StandardCharsets.ISO_8859_1));
        Run texts = with(
                "embed",
                "--texts",
                latin.toString(),
                "--out",
                folder.resolve("latin.npy").toString());
        assertThat(texts.err()).contains(latin + " is not text in UTF-8");
    }

    @Test
    void anEncoderThatIsNotThereIsToldByItsName() {
        String nowhere = folder.resolve("nowhere/clip-001").toString();
        for (Run run : List.of(
                Run.of("evaluate", pictures.toString(), "--clip", nowhere),
                Run.of("search", pictures.toString(), "x", "--model", nowhere)))
            assertThat(run.err()).contains("there is no encoder " + nowhere);
    }

    @Test
    void aVocabularyThatWasChangedIsNotTakenForTheOneThatWasTrainedWith() throws IOException {
        Path words = Files.writeString(folder.resolve("merges.txt"), "#version: 1\nb e\nbe d</w>\n");
        Path recipe = folder.resolve("small.yaml");
        String out = folder.resolve("words").toString();
        json(Run.of("train", recipe.toString(), "--out", out, "--set", "text.vocabulary=" + words, "--json"));
        Path trained = Path.of(out, "small-001");
        Run before = Run.of("search", pictures.toString(), "a bed", "--model", trained.toString());
        assertThat(before.exit()).isZero();
        Files.writeString(words, "#version: 1\nb e\n");
        Run after = Run.of("search", pictures.toString(), "a bed", "--model", trained.toString());
        assertThat(after.exit()).isOne();
        assertThat(after.err()).contains(words + " is not the vocabulary that the text encoder was trained with");
    }

    @Test
    void aLongTextIsCutAndThatIsSaid() {
        Run found = with("search", pictures.toString(), "a red bed ".repeat(40));
        assertThat(found.exit()).isZero();
        assertThat(found.err()).contains("1 of 1 text was cut to the 64 tokens that the text encoder reads");
    }

    @Test
    void whatCannotBeDoneIsRefusedInOneSentence() throws IOException {
        String pictureFolder = pictures.toString();
        refused("a text must not be blank", with("search", pictureFolder, " "));
        refused("-n must be at least 1: 0", with("search", pictureFolder, "x", "-n", "0"));
        refused("rooms:test is endless", with("search", "rooms:test", "x"));
        refused("say how many of it with -n", with("embed", "rooms:test", "--out", "x.npy"));
        refused("--out must end in .npy or .safetensors: x.txt", with("embed", pictureFolder, "--out", "x.txt"));
        refused("embed wants either DATA, or texts", with("embed", "--out", "x.npy"));
        refused(
                "--vocabulary and --cleaning would do nothing here",
                with("search", pictureFolder, "x", "--cleaning", "openai"));
        refused("clip-score wants the encoder", Run.of("evaluate", pictureFolder, "--metrics", "clip-score"));
        refused(
                "--clip judges A by its captions",
                Run.of("evaluate", pictureFolder, "--clip", run.toString(), "--metrics", "fid"));
        refused("it is judged by pictures with captions", Run.of("evaluate", run.toString()));
        Path other = folder.resolve("other.safetensors");
        json(with("embed", "--text", "a", "--out", other.toString(), "--json"));
        Run images = Run.of(
                "sample",
                run.toString(),
                "-n",
                "1",
                "--out",
                folder.resolve("x.png").toString());
        refused("is not a model of images: it is of kind clip", images);
    }

    private static void refused(String sentence, Run run) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }
}
