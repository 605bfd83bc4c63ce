package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A chain of tiny models from nothing to pictures of words, and all that is done with it. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class WordsCommandsTest {
    private static final String SHORT =
            "training: {minutes: 0, steps: 2, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.9]}\n";
    private static final String PROCESS =
            "process: {parameterization: velocity, variance: fixed-small, loss: simple}\n";
    private static final Map<String, String> FILES = Map.of(
            "clip",
            """
            kind: clip
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 50, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 8
            """,
            "prior",
            "kind: prior\nmethod: ridge\npairs: 24\ntest: {pairs: 8}\ntraining: {steps: 1, minutes: 0}\n",
            "decoder",
            """
            condition: {by: embedding}
            embedding: {pairs: 24, tokens: 2}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32}
            sampling: {steps: 2, guidance: 2}
            """
                    + PROCESS,
            "upsampler",
            """
            data: {size: 64}
            condition: {by: smaller}
            network: {channels: 32, multipliers: [1, 1], blocks: 1, attention: [], headChannels: 32}
            sampling: {steps: 2}
            """
                    + PROCESS);

    private Path folder, chain, file, picture;

    @BeforeAll
    void train(@TempDir Path made) throws IOException {
        folder = made;
        for (var entry : FILES.entrySet()) {
            String training = entry.getKey().equals("prior") ? "" : SHORT;
            Files.writeString(folder.resolve(entry.getKey() + ".yaml"), entry.getValue() + training);
        }
        file = Files.writeString(
                folder.resolve("chain.yaml"),
                """
                name: tiny
                clip: {recipe: clip.yaml}
                prior: {recipe: prior.yaml}
                decoder: {recipe: decoder.yaml}
                upsampler: {recipe: upsampler.yaml}
                pictures: 2
                judged: 4
                """);
        chain = folder.resolve("chains/tiny");
        picture = folder.resolve("room.png");
        PngFile.write(picture, Rooms.test(32).read(0).image(), Map.of());
        Run killed = chain("--set", "decoder.training.steps=oops");
        assertThat(killed.exit()).as(killed.err()).isNotZero();
        assertThat(Files.exists(chain))
                .as("nothing is trained that could not end")
                .isFalse();
        JsonNode figures = json(chain("--json"));
        assertThat(figures.get("stages").findValuesAsText("stage"))
                .containsExactly("clip", "prior", "decoder", "upsampler");
        assertThat(figures.get("words").get("composition").get("questions").size())
                .isEqualTo(5);
        assertThat(ImageFiles.decode(chain.resolve("pictures.png"), 3).height()).isEqualTo(64);
    }

    private Run chain(String... more) {
        return run(List.of("chain", file.toString(), "--out", chain.getParent().toString()), more);
    }

    private static Run run(List<String> first, String... more) {
        return Run.of(
                Stream.concat(first.stream(), java.util.Arrays.stream(more)).toArray(String[]::new));
    }

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private Path drawn(String name, String... arguments) throws IOException {
        return drawn(name, List.of(arguments));
    }

    private Path drawn(String name, List<String> first, String... more) throws IOException {
        Path out = folder.resolve(name);
        List<String> arguments = Stream.concat(first.stream(), Stream.of(more)).toList();
        Run run = run(arguments, "--out", out.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        return out;
    }

    private Path decoder() {
        return chain.resolve("decoder");
    }

    /** A decoder is told the vectors of an encoder, and nothing else: it learns any pictures. */
    @Test
    void aDecoderIsFineTunedAndDrawsOfTextsWithItsAdapter() throws IOException {
        String decoder = chain.resolve("decoder").toString();
        String run = json(Run.of(
                        "finetune",
                        decoder,
                        "--data",
                        "rooms:guest:8",
                        "--steps",
                        "2",
                        "--rehearse",
                        "rooms",
                        "--set",
                        "training.learningRate=0.1",
                        "--out",
                        folder.resolve("tuned").toString(),
                        "--json"))
                .get("run")
                .asText();
        String[] plain = {"imagine", chain.toString(), "The rug is blue.", "-n", "1", "--precision", "fp32"};
        byte[] before = ImageFiles.decode(drawn("before.png", plain), 3).pixels();
        String[] more = java.util.Arrays.copyOf(plain, plain.length + 2);
        more[plain.length] = "--adapter";
        more[plain.length + 1] = run;
        assertThat(java.util.Arrays.equals(
                        ImageFiles.decode(drawn("after.png", more), 3).pixels(), before))
                .isFalse();
        more[plain.length + 1] = run + ":0";
        assertThat(java.util.Arrays.equals(
                        ImageFiles.decode(drawn("none.png", more), 3).pixels(), before))
                .isTrue();
    }

    @Test
    void whatIsDoneIsSkippedAndOtherSettingsAreRefused() throws IOException {
        Files.delete(chain.resolve("pictures.png"));
        JsonNode again = json(chain("--json"));
        assertThat(again.get("stages").get(2).get("step").asInt()).isEqualTo(2);
        assertThat(chain.resolve("pictures.png")).exists();
        Run other = chain("--set", "decoder.training.steps=3");
        assertThat(other.exit()).isEqualTo(2);
        assertThat(other.err()).contains("is a chain of other settings").contains("--set name");
    }

    @Test
    void imageOfATextDependsOnSeedAndNumberAlone() throws IOException {
        String text = "The rug is blue.";
        Path two = drawn("two/", "imagine", chain.toString(), text, "-n", "2", "--seed", "5");
        Path three = drawn("three/", "imagine", chain.toString(), text, "-n", "3", "--seed", "5");
        Path other = drawn("other/", "imagine", chain.toString(), text, "-n", "1", "--seed", "6");
        Picture second = ImageFiles.decode(two.resolve("000001.png"), 3);
        assertThat(ImageFiles.decode(three.resolve("000001.png"), 3)).isEqualTo(second);
        assertThat(second.width()).isEqualTo(64);
        assertThat(ImageFiles.decode(other.resolve("000000.png"), 3))
                .isNotEqualTo(ImageFiles.decode(two.resolve("000000.png"), 3));
    }

    @Test
    void aDecoderAloneWantsItsPriorForWords() {
        Run without = run(List.of("imagine", decoder().toString(), "a bed", "--out", "x.png"));
        assertThat(without.exit()).isEqualTo(2);
        assertThat(without.err()).contains("words need a prior").contains("--prior RUN");
        Run blank = run(List.of("imagine", chain.toString(), " ", "--out", "x.png"));
        assertThat(blank.exit()).isEqualTo(2);
        assertThat(blank.err()).contains("TEXT must not be blank");
    }

    @Test
    void aTextThatIsTooLongIsCutAndThatIsSaid() throws IOException {
        String prior = chain.resolve("prior").toString();
        Path out = folder.resolve("long.npy");
        Run run = run(
                List.of("imagine", decoder().toString(), "a bed ".repeat(90), "--prior", prior, "-n", "1"),
                "--out",
                out.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("cut");
        assertThat(Files.size(out)).isEqualTo(128 + 3 * 32 * 32);
    }

    @Test
    void variationsAreOfThePictureAndChangeByWords() throws IOException {
        String source = picture.toString();
        // so short a training has learned little of vectors, and guidance shows it
        List<String> plainly = List.of("variations", decoder().toString(), source, "-n", "1", "--guidance", "20");
        Path same = drawn("same.png", plainly);
        Path edited =
                drawn("edited.png", plainly, "--from", "The lamp is off.", "--to", "A red rug.", "--strength", "1");
        Path nothing =
                drawn("nothing.png", plainly, "--from", "The lamp is off.", "--to", "A red rug.", "--strength", "0");
        Picture plain = ImageFiles.decode(same, 3);
        assertThat(ImageFiles.decode(nothing, 3)).isEqualTo(plain);
        assertThat(ImageFiles.decode(edited, 3)).isNotEqualTo(plain);
        Run equal = run(
                List.of("variations", chain.toString(), source, "--from", "a bed", "--to", "a bed"), "--out", "x.png");
        assertThat(equal.err()).contains("the two texts must differ for the encoder");
    }

    @Test
    void theWayBetweenTwoPicturesBeginsAtTheFirst() throws IOException {
        String ends = picture + "," + drawn("end.png", "variations", chain.toString(), picture.toString(), "-n", "1");
        Path way = drawn("way.png", "interpolate", chain.toString(), "--pictures", ends, "--frames", "3");
        Picture first =
                ImageFiles.decode(drawn("first.png", "variations", chain.toString(), picture.toString(), "-n", "1"), 3);
        Picture row = ImageFiles.decode(way, 3);
        assertThat(row.width()).isEqualTo(3 * 64 + 2 * 2);
        assertThat(dev.calotype.image.Images.crop(row, 0, 0, 64, 64)).isEqualTo(first);
    }

    @Test
    void anotherEncoderIsRefusedByItsHash() throws IOException {
        json(run(
                List.of("train", folder.resolve("clip.yaml").toString(), "--set", "seed=9", "--set", "name=other"),
                "--out",
                folder.resolve("runs").toString(),
                "--json"));
        String other = folder.resolve("runs/other-001").toString();
        Run run = run(List.of("imagine", chain.toString(), "a bed", "--encoder", other, "--out", "x.png"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains("must be used with the encoder that it learned with")
                .contains(other);
        Run up = run(List.of("sample", chain.resolve("upsampler").toString(), "--out", "x.png"));
        assertThat(up.err()).contains("enlarges pictures");
    }

    @Test
    void evaluateJudgesWhatIsDrawnOfCaptions() throws IOException {
        JsonNode told = json(run(List.of(
                "evaluate", chain.toString(), "--captions", "rooms:test", "-n", "4", "--steps", "2", "--json")));
        assertThat(told.get("pictures").asInt()).isEqualTo(4);
        assertThat(told.get("composition").get("attributes").size()).isEqualTo(RoomAttribute.values().length);
        assertThat(told.get("judgement").get("real_images").asInt()).isEqualTo(4);
        Path rooms = Files.createDirectories(folder.resolve("rooms"));
        for (int i = 1; i < 6; i++) {
            PngFile.write(rooms.resolve(i + ".png"), Rooms.test(32).read(i).image(), Map.of());
            Files.writeString(rooms.resolve(i + ".txt"), Rooms.test(32).caption(i));
        }
        Files.writeString(rooms.resolve("0.png"), "\u0089PNG\r\n\u001a\nno more");
        Run torn = run(List.of(
                "evaluate", chain.toString(), "--captions", rooms.toString(), "-n", "4", "--steps", "2", "--json"));
        assertThat(json(torn).get("unreadable").asInt()).isOne();
        assertThat(torn.err()).contains("Note: 1 pictures cannot be read and are passed over");
        Run vain = run(List.of("evaluate", decoder().toString(), "--prior", "x"));
        assertThat(vain.err()).contains("they are of --captions");
    }
}
