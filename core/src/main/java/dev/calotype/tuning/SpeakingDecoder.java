package dev.calotype.tuning;

import dev.calotype.column.Columns;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.unclip.Unclip;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/**
 * A decoder with all that it works with.
 *
 * @param model owned
 */
record SpeakingDecoder(Unclip model, Map<String, String> sampling) implements Speaker {
    /** Checks that the model draws so, and closes it if it does not. */
    static SpeakingDecoder of(Unclip model, Map<String, String> sampling) {
        SpeakingDecoder speaker = new SpeakingDecoder(model, sampling);
        try {
            model.drawing(speaker.how(0), List.of("a text"));
            return speaker;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private Request how(long seed) {
        return new Request(model.decoding().sampling(sampling), seed, Columns.NONE);
    }

    @Override
    public List<Picture> pictures(List<String> texts, int first, int count, long seed) {
        try (PointerScope scope = new PointerScope()) {
            return Images.pictures(model.drawing(how(seed), texts).images(first, count));
        }
    }

    @Override
    public int pixels() {
        return model.experiment().data().size();
    }

    @Override
    public void close() {
        model.close();
    }
}
