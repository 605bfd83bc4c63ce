package dev.calotype.kind.gan;

import dev.calotype.experiment.Sampling;
import dev.calotype.settings.Check;
import java.util.Map;

/**
 * How a generator draws, which it does at once.
 *
 * @param truncation what is left of the distance of a style from the mean style, 0..2: below 1 images are more typical and
 *     less various. Anything but 1 wants a generator with styles
 */
public record GanSampling(double truncation) implements Sampling {
    /** As it was trained. */
    public static final GanSampling USUAL = new GanSampling(1);

    public GanSampling {
        Check.range("truncation", truncation, 0, 2);
    }

    /** What somebody asks for: {@code truncation}. */
    static GanSampling of(Map<String, String> asked, GanExperiment experiment) {
        for (String name : asked.keySet())
            if (!name.equals("truncation"))
                throw new IllegalArgumentException(
                        name + " is of diffusion models; " + experiment.name() + " is a gan");
        if (asked.isEmpty()) return USUAL;
        GanStyles.require(experiment, "truncation");
        try {
            return new GanSampling(Double.parseDouble(asked.get("truncation")));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("truncation must be a number: " + asked.get("truncation"), e);
        }
    }
}
