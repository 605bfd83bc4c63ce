package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.EncoderOptions;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.embedding.Embeddings;
import dev.calotype.embedding.EncodedData;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.TextEncoder;
import dev.calotype.experiment.DataSets;
import dev.calotype.io.OutputFile;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TextReader;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the vectors of pictures or of texts. */
@Command(
        name = "embed",
        mixinStandardHelpOptions = true,
        description = {
            "Write the vectors of pictures or of texts, of length 1, float32 (N, E), one row each in the order of the data.",
            "A .safetensors file keeps their names and the encoder's hash, and search reads it; an .npy file has the rows alone,"
                    + " and of some pictures (-n) does not say which."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype embed photos/ --model runs/clip-rooms-001 --out photos.safetensors",
            "  calotype embed rooms:test -n 1000 --model runs/clip-rooms-001 --out rooms.npy",
            "  calotype embed --text \"a red bed\" --text \"a blue bed\" --model runs/clip-rooms-001 --out texts.npy",
            "  calotype embed --texts captions.txt --model clip-vit-base-patch32/ --out texts.safetensors"
        })
final class EmbedCommand extends EngineCommand {
    @Parameters(
            paramLabel = "DATA",
            arity = "0..1",
            description = "The pictures: a folder, an archive, or a data set such as rooms:test.")
    private String data;

    @Option(names = "--text", paramLabel = "TEXT", description = "A text instead of pictures; may be repeated.")
    private List<String> texts;

    @Option(names = "--texts", paramLabel = "FILE", description = "A file with a text in each line.")
    private Path file;

    @Option(names = "-n", paramLabel = "N", description = "Pictures at most, spread evenly over the data; default all.")
    private Long count;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "A .npy or .safetensors file to write.")
    private Path out;

    @Mixin
    private EncoderOptions options;

    @Override
    protected Object execute(Console console) throws Exception {
        if (!Embeddings.isNamed(out))
            throw new IllegalArgumentException("--out must end in .npy or .safetensors: " + out);
        OutputFile.require(out, OutputFile.Existing.REPLACE, inputs());
        List<String> given = texts();
        if ((data == null) == given.isEmpty())
            throw new IllegalArgumentException("embed wants either DATA, or texts by --text or --texts");
        if (count != null && (data == null || count < 1))
            throw new IllegalArgumentException("-n must be at least 1, and is of pictures: " + count);
        long begun = System.nanoTime();
        if (data == null)
            try (TextReader opened = options.openTexts(console)) {
                TextEncoder encoder = opened.encoder();
                EncoderOptions.tellCut(encoder, given, console);
                Embeddings embeddings =
                        Scope.read(() -> Embeddings.of(given, encoder.texts(given), encoder.fingerprint()));
                return written(embeddings, 0, begun);
            }
        try (EncoderFile opened = options.open(console)) {
            EncodedData encoded = encoded(opened.encoder(), console);
            return written(encoded.pictures(), encoded.unreadable().size(), begun);
        }
    }

    private Embedded written(Embeddings embeddings, int unreadable, long begun) throws IOException {
        embeddings.write(out);
        return new Embedded(
                out.toString(),
                embeddings.names().size(),
                embeddings.length(),
                unreadable,
                embeddings.encoder(),
                (System.nanoTime() - begun) * 1e-9);
    }

    private Path[] inputs() {
        return Stream.of(file, data != null && data.endsWith(".npy") ? Path.of(data) : null)
                .filter(Objects::nonNull)
                .toArray(Path[]::new);
    }

    private List<String> texts() throws IOException {
        List<String> all = new ArrayList<>(texts == null ? List.of() : texts);
        if (file == null) return all;
        int line = 0;
        for (String text : lines()) {
            line++;
            if (text.isBlank()) throw new IOException(file + " has no text in line " + line);
            all.add(text);
        }
        if (all.isEmpty()) throw new IOException(file + " has no text");
        return all;
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not text in UTF-8", e);
        }
    }

    private EncodedData encoded(Encoder encoder, Console console) throws Exception {
        try (ImageDataset pictures = DataSets.open(data, encoder.side(), 3)) {
            if (count == null && pictures.size() > MOST)
                throw new IllegalArgumentException(data + " is endless: say how many of it with -n");
            long most = count == null ? MOST : count;
            EncodedData encoded =
                    EncodedData.of(encoder, Selected.inOrder(pictures, most), most, sample -> true, console);
            SearchCommand.tellUnreadable(encoded, console);
            return encoded;
        }
    }

    static final long MOST = 100_000_000;

    /** What was written. */
    record Embedded(String out, int count, int length, int unreadable, String encoder, double seconds) {
        @Override
        public String toString() {
            return out;
        }
    }
}
