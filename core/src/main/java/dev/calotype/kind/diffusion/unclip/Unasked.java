package dev.calotype.kind.diffusion.unclip;

import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What pipelines with a prior cannot be asked for. */
final class Unasked {
    private Unasked() {}

    /** Throws IllegalArgumentException if something is asked for that would have no effect. */
    static void require(Wishes wishes) {
        if (!wishes.controls().isEmpty())
            throw new IllegalArgumentException("controls must be of Stable Diffusion, which this pipeline is not: "
                    + wishes.controls().get(0).network());
        if (wishes.prompt().clipSkip() > 0)
            throw new IllegalArgumentException(
                    "clipSkip must be 0, for a prior reads the last layer of its text encoder: "
                            + wishes.prompt().clipSkip());
    }

    /** The same of variations of a picture, which know no texts and begin with noise. */
    static void requireOfVariations(Wishes wishes) {
        require(wishes);
        if (!wishes.prompt().text().isEmpty() || wishes.prompt().negative().isPresent())
            throw new IllegalArgumentException(
                    "variations are told no text: `" + wishes.prompt().text() + "`");
        if (wishes.given().isPresent())
            throw new IllegalArgumentException("variations begin with noise, and not with a picture besides");
    }

    /** Throws IllegalArgumentException if something is added that such a pipeline does not take. */
    static void require(Path path, Additions additions) {
        List<String> vain = new ArrayList<>();
        additions.tokenizer().ifPresent(given -> vain.add("a tokenizer"));
        additions.prediction().ifPresent(given -> vain.add("a prediction"));
        additions.weights().ifPresent(given -> vain.add("a choice of weights"));
        if (!additions.adapters().isEmpty()) vain.add("adapters");
        if (!additions.embeddings().isEmpty()) vain.add("learned words");
        if (!vain.isEmpty())
            throw new IllegalArgumentException(
                    String.join(", ", vain) + " would do nothing: " + path + " is a pipeline with a prior");
    }
}
