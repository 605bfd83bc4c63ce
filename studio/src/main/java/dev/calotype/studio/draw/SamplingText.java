package dev.calotype.studio.draw;

import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Sampling;
import java.util.LinkedHashMap;
import java.util.Map;

/** How pictures were drawn, read from the text of it, such as {@code ddim, 20 steps, guidance 2.0}. */
final class SamplingText {
    private SamplingText() {}

    /**
     * The sampling whose text this is.
     *
     * @throws IllegalArgumentException if the model has none
     */
    static Sampling read(GenerativeExperiment experiment, String text) {
        if (experiment.sampling().toString().equals(text)) return experiment.sampling();
        Map<String, String> asked = asked(text);
        Sampling read = experiment.sampling(asked);
        if (read.toString().equals(text)) return read;
        if (!asked.containsKey("spacing") && read.toString().contains("spacing")) { // its steps were optimized since
            asked.put("spacing", "usual");
            Sampling usual = experiment.sampling(asked);
            if (usual.toString().equals(text)) return usual;
        }
        throw new IllegalArgumentException("the model is drawn otherwise today: then " + text + ", now " + read);
    }

    private static Map<String, String> asked(String text) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String part : text.split(", ")) {
            String[] words = part.split(" ");
            if (words.length == 1) asked.put("sampler", part);
            else if (words[1].matches("steps?")) asked.put("steps", words[0]);
            else if (words.length == 2) asked.put(words[0], words[1]);
        }
        return asked;
    }
}
