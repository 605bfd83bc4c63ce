package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.EncoderOptions;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.ZeroShot;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.run.EncoderFile;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells which of several texts a picture goes with. */
@Command(
        name = "match",
        mixinStandardHelpOptions = true,
        description = {
            "Tell which of several texts a picture goes with: zero-shot classification.",
            "The probabilities are those among these texts alone."
        },
        footerHeading = "%nExamples:%n",
        footer = "  calotype match room.png \"the lamp is on\" \"the lamp is off\" --model runs/clip-rooms-001")
final class MatchCommand extends EngineCommand {
    @Parameters(index = "0", paramLabel = "PICTURE", description = "A picture file.")
    private Path picture;

    @Parameters(index = "1..*", paramLabel = "TEXT", arity = "2..*", description = "Two or more texts.")
    private List<String> texts;

    @Mixin
    private EncoderOptions options;

    @Override
    protected Object execute(Console console) throws Exception {
        Picture image = ImageFiles.decode(picture, 3);
        try (EncoderFile opened = options.open(console)) {
            Encoder encoder = opened.encoder();
            EncoderOptions.tellCut(opened.encoder(), texts, console);
            ZeroShot classes = ZeroShot.of(encoder, texts.stream().map(List::of).toList());
            double[] shares =
                    Scope.read(() -> Tensors.doubles(classes.probabilities(encoder.pictures(List.of(image)))));
            List<Told> told = new ArrayList<>();
            for (int i = 0; i < shares.length; i++) told.add(new Told(texts.get(i), shares[i]));
            told.sort(Comparator.comparingDouble(Told::probability).reversed());
            return new Classification(picture.toString(), told);
        }
    }

    /** A text and how probable it is among the others. */
    record Told(String text, double probability) {}

    /** The texts, the likeliest first. */
    record Classification(String picture, List<Told> texts) {
        @Override
        public String toString() {
            return texts.stream()
                    .map(one -> String.format(Locale.ROOT, "%.4f  %s", one.probability(), one.text()))
                    .collect(Collectors.joining(System.lineSeparator()));
        }
    }
}
