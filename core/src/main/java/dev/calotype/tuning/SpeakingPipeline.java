package dev.calotype.tuning;

import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Painted;
import dev.calotype.experiment.offer.TextPipeline.Wanted;
import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A text-to-image pipeline, which reads texts as they stand, as it learns them. */
record SpeakingPipeline(TextPipeline model, Map<String, String> sampling, int[] sides, Placement placement)
        implements Speaker {
    /** Checks that the pipeline draws so, without its weights. */
    SpeakingPipeline {
        model.require(wishes(sampling, sides, "a text", 0));
    }

    private static Wishes wishes(Map<String, String> sampling, int[] sides, String text, long seed) {
        Prompt prompt = new Prompt(Prompt.plainly(text), Optional.empty(), 0);
        return new Wishes(prompt, sampling, seed, sides[0], sides[1], Optional.empty());
    }

    @Override
    public List<Picture> pictures(List<String> texts, int first, int count, long seed) throws IOException {
        List<Wanted> wanted = IntStream.range(first, first + count)
                .mapToObj(i -> new Wanted(wishes(sampling, sides, texts.get(i), seed), i))
                .toList();
        return model.draw(wanted, placement, Watcher.of(Progress.SILENT)).stream()
                .map(Painted::picture)
                .toList();
    }

    @Override
    public int pixels() {
        return Math.min(sides[0], sides[1]);
    }

    /** Holds no weights between two drawings. */
    @Override
    public void close() {}
}
