package dev.calotype.unclip;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Experiment;
import dev.calotype.io.NearestName;
import dev.calotype.settings.Check;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is trained one after the other to make pictures.
 *
 * @param name of its folder
 * @param autoencoder with an empty recipe where the decoder draws pixels
 * @param clip with an empty recipe, as the prior, where pictures are not of words
 * @param upsampler with an empty recipe where pictures stay as the decoder draws them
 * @param captions the data set whose captions are drawn at the end
 * @param pictures that are drawn in a grid at the end
 * @param judged pictures that the chain is judged by at the end, at least 4; 0 for no judgement
 */
public record ChainSettings(
        String name,
        Link autoencoder,
        Link clip,
        Link prior,
        Link decoder,
        Link upsampler,
        String captions,
        int pictures,
        int judged) {
    /**
     * One training.
     *
     * @param recipe a path, relative to the chain's file, or a name
     * @param set values that replace those of the recipe, such as {@code training.minutes=5}
     */
    public record Link(String recipe, List<String> set) {
        public Link {
            set = List.copyOf(set);
        }

        private boolean empty() {
            return recipe.isBlank();
        }
    }

    public ChainSettings {
        Experiment.requireName(name);
        Check.range("pictures", pictures, 1, 4096);
        if (judged != 0) Check.range("judged", judged, WordsReport.FEWEST, 100_000);
        Check.that(!decoder.empty(), "decoder must have a recipe", "''");
        Check.that(
                clip.empty() == prior.empty(),
                "clip and prior must each have a recipe, or neither",
                "'" + clip.recipe() + "' and '" + prior.recipe() + "'");
        Check.that(
                !clip.empty() || upsampler.empty(),
                "upsampler must have no recipe in a chain without clip, whose pictures it does not get",
                upsampler.recipe());
    }

    /**
     * Reads a chain's file.
     *
     * @param overrides {@code name=value}, or {@code stage.key=value} of the recipe of a stage, such as
     *     {@code decoder.training.minutes=5}
     */
    public static ChainSettings read(Path file, List<String> overrides) {
        ObjectNode tree = Yaml.resource(ChainSettings.class, "chain-defaults.yaml");
        Yaml.merge(tree, Yaml.object(Yaml.text(file, "chain"), "a chain"));
        for (String override : overrides) set(tree, override);
        return Yaml.value(tree, ChainSettings.class);
    }

    private static void set(ObjectNode tree, String override) {
        int equals = override.indexOf('='), dot = override.indexOf('.');
        if (equals < 1) throw new RecipeException("`set` wants key=value: " + override);
        boolean ofStage = dot > 0 && dot < equals;
        String key = override.substring(0, ofStage ? dot : equals);
        if (!tree.has(key))
            throw new RecipeException("a chain has no " + key
                    + NearestName.hint(
                            key,
                            Arrays.stream(Stage.values()).map(Stage::folder).toList()) + ": " + override);
        if (ofStage && tree.get(key).get("set") instanceof ArrayNode values) values.add(override.substring(dot + 1));
        else if (ofStage) throw new RecipeException(key + " of a chain has no parts: " + override);
        else Yaml.merge(tree, Yaml.object(key + ": " + override.substring(equals + 1), "`set` " + override));
    }

    /** Whether what is trained makes pictures of words. */
    public boolean ofWords() {
        return !clip.empty();
    }

    Link link(Stage stage) {
        return switch (stage) {
            case AUTOENCODER -> autoencoder;
            case CLIP -> clip;
            case PRIOR -> prior;
            case DECODER -> decoder;
            case UPSAMPLER -> upsampler;
        };
    }

    /** The stages that are trained, in their order. */
    List<Stage> stages() {
        return Arrays.stream(Stage.values())
                .filter(stage -> !link(stage).empty())
                .toList();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s: %s", name, stages());
    }
}
