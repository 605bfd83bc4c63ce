package dev.calotype.restoration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.settings.RecipeException;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How an estimate is held against the truth.
 *
 * @param colour what is compared
 * @param border pixels left out on every side, at least 0
 * @param lpips a network, its backbone and its linear layers, separated by commas; empty for none
 */
public record Scoring(Colour colour, int border, String lpips) {
    /** What of the colours is compared. */
    public enum Colour {
        /** All channels. */
        RGB,
        /** The luma of ITU-R BT.601 in 16..235, rounded: what papers on super-resolution call Y. */
        LUMA
    }

    /** All of the picture in all channels, without a network. */
    public static final Scoring NONE = new Scoring(Colour.RGB, 0, "");

    public Scoring {
        if (border < 0) throw new RecipeException("score.border must be at least 0: " + border);
        if (!lpips.isEmpty() && lpips.split(",", -1).length != 3)
            throw new RecipeException("score.lpips must be NAME,BACKBONE,LINEAR: " + lpips);
    }

    /** With paths seen from {@code folder}. */
    public Scoring in(Path folder) {
        if (lpips.isEmpty()) return this;
        String[] parts = lpips.split(",", -1);
        return new Scoring(
                colour,
                border,
                parts[0] + "," + folder.resolve(parts[1]).normalize() + ","
                        + folder.resolve(parts[2]).normalize());
    }

    @JsonIgnore
    public boolean isPerceptual() {
        return !lpips.isEmpty();
    }

    public PerceptualNetwork perceptual(Device device) throws IOException {
        String[] parts = lpips.split(",", -1);
        return FeatureNetworks.perceptual(parts[0], Path.of(parts[1]), Path.of(parts[2]), device);
    }
}
