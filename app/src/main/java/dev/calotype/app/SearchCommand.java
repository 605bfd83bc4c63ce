package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.EncoderOptions;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.Embeddings;
import dev.calotype.embedding.EncodedData;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.TextEncoder;
import dev.calotype.experiment.DataSets;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TextReader;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the pictures that a text tells of. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = {
            "Find the pictures that a text tells of, the likeliest first, each with its likeness in -1..1.",
            "A likeness says nothing by itself: compare those of one text."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype search rooms/ \"a room with a red bed\" --model runs/clip-rooms-001",
            "  calotype search photos.safetensors \"two dogs in the snow\" --model clip-vit-base-patch32/ -n 3"
        })
final class SearchCommand extends EngineCommand {
    @Parameters(
            index = "0",
            paramLabel = "DATA",
            description =
                    "A folder or archive of pictures, or a .safetensors file that embed has written, also of texts.")
    private String data;

    @Parameters(index = "1", paramLabel = "TEXT", description = "What to look for.")
    private String text;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "10",
            description = "Pictures that are shown (default: ${DEFAULT-VALUE}).")
    private int most;

    @Mixin
    private EncoderOptions options;

    @Override
    protected Object execute(Console console) throws Exception {
        if (most < 1) throw new IllegalArgumentException("-n must be at least 1: " + most);
        if (data.endsWith(".safetensors"))
            try (TextReader opened = options.openTexts(console)) {
                return nearest(opened.encoder(), Embeddings.read(Path.of(data), opened.encoder()), console);
            }
        try (EncoderFile opened = options.open(console)) {
            return nearest(opened.encoder(), encoded(opened.encoder(), console), console);
        }
    }

    private Matches nearest(TextEncoder encoder, Embeddings known, Console console) {
        EncoderOptions.tellCut(encoder, List.of(text), console);
        float[] vector = Scope.read(() -> Tensors.floats(encoder.texts(List.of(text))));
        return new Matches(text, known.names().size(), known.nearest(vector, most));
    }

    private Embeddings encoded(Encoder encoder, Console console) throws Exception {
        try (ImageDataset pictures = DataSets.open(data, encoder.side(), 3)) {
            if (pictures.size() > EmbedCommand.MOST)
                throw new IllegalArgumentException(data + " is endless: embed some of it first, with -n");
            EncodedData encoded = EncodedData.of(encoder, pictures, EmbedCommand.MOST, sample -> true, console);
            tellUnreadable(encoded, console);
            return encoded.pictures();
        }
    }

    static void tellUnreadable(EncodedData encoded, Console console) {
        if (!encoded.unreadable().isEmpty())
            console.say(
                    "Note: %d pictures cannot be read and are left out, such as %s",
                    encoded.unreadable().size(), encoded.unreadable().get(0));
    }

    /** What was found. */
    record Matches(String text, int pictures, List<Embeddings.Found> found) {
        @Override
        public String toString() {
            return found.stream()
                    .map(one -> String.format(Locale.ROOT, "%.4f  %s", one.likeness(), one.name()))
                    .collect(Collectors.joining(System.lineSeparator()));
        }
    }
}
