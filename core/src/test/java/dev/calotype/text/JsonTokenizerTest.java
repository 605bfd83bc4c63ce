package dev.calotype.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTokenizerTest {
    private static Tokenizer open(String name) throws IOException {
        return Tokenizers.open(ClipTokenizerTest.resource(name), TextCleaning.OPENAI);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram"})
    void theIdsAndTheTextAreThoseOfThePythonPackage(String kind) throws IOException {
        try (Tokenizer tokenizer = open(kind + "-tokenizer.json")) {
            for (JsonNode one : ClipTokenizerTest.json("json-ids.json").get(kind)) {
                int[] ids = ClipTokenizerTest.ids(one.get("ids"));
                assertThat(tokenizer.ids(one.get("text").asText())).isEqualTo(ids);
                assertThat(tokenizer.text(ids))
                        .isEqualTo(one.get("decoded").asText().strip());
            }
        }
    }

    @Test
    void aClipOfHuggingFaceHasTheIdsOfItsMerges() throws IOException {
        try (Tokenizer tokenizer = open("clip-tokenizer.json")) {
            assertThat(tokenizer.vocabulary()).isEqualTo(741);
            for (JsonNode one : ClipTokenizerTest.json("tiny-ids.json"))
                assertThat(tokenizer.ids(one.get("text").asText()))
                        .as(one.get("text").toString())
                        .isEqualTo(ClipTokenizerTest.ids(one.get("transformers")));
        }
    }

    @Test
    void rowsAreFilledWithTheFilesOwnPaddingAndCutToTheContextAlone() throws IOException {
        try (Tokenizer tokenizer = open("wordpiece-tokenizer.json")) { // pads to 16 with id 4 and cuts to 6 itself
            Tokens rows = tokenizer.rows(List.of("a red bed", "it is day outside it is day outside"), 8);
            assertThat(rows.lengths()).containsExactly(5, 8);
            assertThat(Arrays.copyOfRange(rows.ids(), 4, 8)).containsExactly(2, 4, 4, 4);
            assertThat(rows.ids()[15]).isEqualTo(2);
            assertThat(rows.cut()).isOne();
        }
    }

    @Test
    void paddingIsFoundInTheSettingsBeside(@TempDir Path folder) throws IOException {
        String text = Files.readString(ClipTokenizerTest.resource("unigram-tokenizer.json"));
        Path file = Files.writeString(folder.resolve("tokenizer.json"), text);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": {\"content\": \"<unk>\"}}");
        try (Tokenizer tokenizer = Tokenizers.open(folder, TextCleaning.OPENAI)) {
            assertThat(tokenizer.padding()).isEqualTo(2);
            assertThat(tokenizer.name()).isEqualTo(file.toString());
        }
    }

    @Test
    void siglipsTokenizerOfTransformersGetsTextsWithoutPunctuation(@TempDir Path folder) throws IOException {
        String text = Files.readString(ClipTokenizerTest.resource("unigram-tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer.json"), text);
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"tokenizer_class\": \"SiglipTokenizer\"}");
        try (Tokenizer siglip = Tokenizers.open(folder, TextCleaning.OPENAI);
                Tokenizer plain = open("unigram-tokenizer.json")) {
            assertThat(siglip.ids(" A  RED_bed!")).isEqualTo(plain.ids("a redbed"));
            assertThat(plain.ids(" A  RED_bed!")).isNotEqualTo(plain.ids("a redbed"));
        }
        Files.writeString(config, "{\"tokenizer_class\": \"SiglipTokenizer\", \"do_lower_case\": false}");
        try (Tokenizer siglip = Tokenizers.open(folder, TextCleaning.OPENAI);
                Tokenizer plain = open("unigram-tokenizer.json")) {
            assertThat(siglip.ids("A RED_bed!")).isEqualTo(plain.ids("A REDbed"));
        }
    }

    @Test
    void nobodyIsCalled(@TempDir Path folder) throws Exception {
        // in a process of its own: it is the first use that calls
        List<String> told = new ChildJvm(Caller.class, folder.resolve("errors")).run(10, "wordpiece-tokenizer.json");
        assertThat(told).containsExactly("5 ids", "called []");
    }

    static final class Caller {
        public static void main(String[] arguments) throws Exception {
            List<String> called = new ArrayList<>();
            URL.setURLStreamHandlerFactory(protocol -> protocol.startsWith("http") ? refusing(called) : null);
            try (Tokenizer tokenizer = open(arguments[0])) {
                System.out.println(tokenizer.ids("a red bed").length + " ids");
            }
            System.out.println("called " + called);
        }

        private static URLStreamHandler refusing(List<String> called) {
            return new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
                    return openConnection(url);
                }

                @Override
                protected URLConnection openConnection(URL url) throws IOException {
                    called.add(url.getHost());
                    throw new IOException("not from a test");
                }
            };
        }
    }

    @Test
    void withoutTheLibraryTheFileIsRefusedInOneSentence() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator))
            if (!entry.contains("djl") && !entry.matches(".*(api|tokenizers)-0.*jar"))
                urls.add(Path.of(entry).toUri().toURL());
        try (URLClassLoader without =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> cleaning = without.loadClass(TextCleaning.class.getName());
            Path file = ClipTokenizerTest.resource("wordpiece-tokenizer.json");
            var open = without.loadClass(Tokenizers.class.getName()).getMethod("open", Path.class, cleaning);
            assertThatIOException()
                    .isThrownBy(() -> {
                        try {
                            open.invoke(null, file, cleaning.getEnumConstants()[0]);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    })
                    .withMessage(
                            "reading " + file + " wants the library ai.djl.huggingface:tokenizers on the class path");
        }
    }

    @Test
    void whatIsNoTokenizerIsRefusedByName(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\"}");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(config, TextCleaning.OPENAI))
                .withMessage(config + " is no tokenizer.json: it has no model.vocab");
        Path torn = Files.writeString(folder.resolve("torn.json"), "{\"model\": {\"vocab\": ");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(torn, TextCleaning.OPENAI))
                .withMessage(torn + " is damaged: it is no JSON");
        Path odd =
                Files.writeString(folder.resolve("odd.json"), "{\"model\": {\"vocab\": {\"a\": 0}, \"type\": \"Q\"}}");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(odd, TextCleaning.OPENAI))
                .withMessageStartingWith(odd + " is not understood as a tokenizer: ");
    }

    @Test
    void specialTokensThatDoNotAgreeWithTheirTableAreRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (InputStream in = getClass().getResourceAsStream("/text/wordpiece-tokenizer.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(file, text.replace("{\"id\":\"[CLS]\",\"ids\"", "{\"id\":\"[CLT]\",\"ids\""));
        }
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(file, TextCleaning.OPENAI))
                .withMessage(file + " is damaged: its templates and their special tokens disagree about `[CLT]`");
    }

    @Test
    void aTokenizerThatHasNoTokenForUnknownLettersIsRefusedAtOnce(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (InputStream in = getClass().getResourceAsStream("/text/wordpiece-tokenizer.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(file, text.replace("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NONE]\""));
        }
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(file, TextCleaning.OPENAI))
                .withMessageStartingWith(file + " is not understood as a tokenizer: ");
    }
}
