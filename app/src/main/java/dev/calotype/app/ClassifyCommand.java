package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.recognition.Classifiers;
import dev.calotype.app.recognition.Seen;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile;
import dev.calotype.model.PictureClassifier;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names what is in pictures. */
@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        description = {
            "Name what is in pictures or videos, and draw where the classifier looks.",
            "The central square of a picture is seen, of a video as many frames as the classifier wants, evenly spread. The attention picture shows it, and beside it the same one, the darker the"
                    + " less a place is looked at (attention roll-out)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype classify runs/vit-mnist-001 seven.png",
            "  calotype classify runs/vivit-moving-001 clip.mp4",
            "  calotype classify google-vit-base/ photos/*.jpg --top 3 --attention seen.png"
        })
final class ClassifyCommand extends EngineCommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "A run or checkpoint of a classifier, a folder of transformers' ViTForImageClassification or"
                    + " VivitForVideoClassification, or a file of judge export.")
    private Path model;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE|VIDEO",
            description = "Pictures, or videos where the classifier sees clips.")
    private List<Path> images;

    @Option(
            names = "--top",
            paramLabel = "K",
            defaultValue = "5",
            description = "Classes that are told of each picture (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--attention",
            paramLabel = "FILE",
            description = "The PNG file of where it looks; default attention.png, or the next free attention-2.png.")
    private Path attention;

    @Mixin
    private ComputeOptions compute;

    /** A class and how likely it is, 0..1. */
    record Guess(String name, double probability) {}

    /** What is in one picture, the likeliest first. */
    record Named(String image, List<Guess> classes) {}

    /** What is in all of them. */
    record Answer(List<Named> images, String attention) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (Named each : images) {
                if (images.size() > 1) text.append(each.image).append('\n');
                for (Guess guess : each.classes)
                    text.append(String.format(Locale.ROOT, "%6.2f %%  %s%n", 100 * guess.probability, guess.name));
            }
            return text.toString().stripTrailing();
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        if (top < 1) throw new IllegalArgumentException("--top must be at least 1: " + top);
        if (attention != null && !attention.toString().toLowerCase(Locale.ROOT).endsWith(".png"))
            throw new IllegalArgumentException("--attention must end in .png: " + attention);
        if (attention != null) OutputFile.require(attention, OutputFile.Existing.REPLACE, images.toArray(Path[]::new));
        Placement placement = compute.placement(console);
        try (PictureClassifier classifier = Classifiers.open(model, placement)) {
            if (classifier.classes().isEmpty())
                throw new IllegalArgumentException(model + " gives features and knows no classes");
            List<Seen> seen = new ArrayList<>();
            for (Path image : images) seen.add(Seen.of(image, classifier));
            List<Named> named = new ArrayList<>();
            List<Picture> drawn = new ArrayList<>();
            for (int i = 0; i < seen.size(); i++) {
                named.add(new Named(images.get(i).toString(), guesses(classifier, seen.get(i))));
                seen.get(i).attention(classifier).ifPresent(drawn::add);
            }
            Path file = drawn.isEmpty() ? null : attention == null ? free() : attention;
            if (file != null) PngFile.write(file, Images.grid(drawn, 1, 4));
            if (file != null) console.say("Where it looks: %s", file);
            return new Answer(named, file == null ? null : file.toString());
        }
    }

    private List<Guess> guesses(PictureClassifier classifier, Seen seen) {
        double[] shares = Scope.read(
                () -> Tensors.doubles(classifier.logits(seen.pixels()).softmax(1)));
        return IntStream.range(0, shares.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer c) -> -shares[c]))
                .limit(top)
                .map(c -> new Guess(classifier.classes().get(c), shares[c]))
                .toList();
    }

    private static Path free() {
        Path first = Path.of("attention.png");
        if (!Files.exists(first)) return first;
        return IntStream.iterate(2, i -> i + 1)
                .mapToObj(i -> Path.of("attention-" + i + ".png"))
                .filter(file -> !Files.exists(file))
                .findFirst()
                .orElseThrow();
    }
}
