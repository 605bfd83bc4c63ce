package dev.calotype.unclip;

import dev.calotype.embedding.Encoder;
import dev.calotype.image.Picture;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Vectors of pictures changed by words (text diffs of Ramesh et al. 2022), and those between two pictures.
 *
 * @param encoder borrowed
 */
public record Edits(Encoder encoder) {
    /** The vector of a picture, fp32 (1, E) in the caller's scope. */
    public Tensor of(Picture picture) {
        return encoder.pictures(List.of(picture)); // (1, E)
    }

    /**
     * A vector turned towards what tells two texts apart.
     *
     * @param vector fp32 (1, E) of length 1
     * @param from what is said of the picture as it is
     * @param to what is to be said of it
     * @param strength how much of the way, 0..1; DALL-E 2 goes 0.25 to 0.5 of it
     * @throws IllegalArgumentException if both texts mean the same to the encoder
     */
    public Tensor towards(Tensor vector, String from, String to, double strength) {
        Check.range("strength", strength, 0, 1);
        return Scope.tidy(() -> {
            Tensor texts = encoder.texts(List.of(from, to)); // (2, E)
            Tensor difference = texts.narrow(0, 1, 1).sub(texts.narrow(0, 0, 1)); // (1, E)
            double length = difference.norm().item_double();
            Check.that(length > 1e-4, "the two texts must differ for the encoder", "'" + from + "' and '" + to + "'");
            return Interpolation.SLERP.at(vector, difference.div(difference.norm()), strength); // (1, E)
        });
    }

    /** The vectors from that of one picture to that of another, along the arc, fp32 (frames, E) in the caller's scope. */
    public Tensor between(Picture from, Picture to, int frames) {
        return Scope.tidy(() -> {
            Tensor ends = encoder.pictures(List.of(from, to)); // (2, E)
            return Interpolation.SLERP.frames(ends.select(0, 0), ends.select(0, 1), frames); // (frames, E)
        });
    }
}
