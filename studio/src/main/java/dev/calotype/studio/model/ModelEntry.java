package dev.calotype.studio.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that was found, without its weights.
 *
 * @param id its name in this studio, without slashes
 * @param path what is opened
 * @param can words for what it can do: {@code draw}, {@code text}, {@code edit}, {@code variations}, {@code interpolate}, {@code restore},
 *     {@code enlarge}, {@code embed}, {@code classify}
 * @param width pixels of a picture that it draws; 0 where it draws none
 * @param height pixels
 * @param classes names of what it can be asked to draw; empty where it knows no classes
 * @param options what can be asked of its drawing, by name, such as {@code steps}
 * @param samplers names of those that it can be drawn with; empty where it has but one way
 * @param bytes of the files that hold its weights
 * @param stamp changes when its weights do
 * @param about the rest of what is told of it
 */
public record ModelEntry(
        String id,
        Path path,
        Form form,
        Set<String> can,
        int width,
        int height,
        List<String> classes,
        List<String> options,
        List<String> samplers,
        long bytes,
        String stamp,
        Optional<Path> picture,
        ObjectNode about) {
    /** How it is opened. */
    public enum Form {
        /** A run or a checkpoint. */
        RUN,
        /** The folder of a chain that makes pictures of words. */
        CHAIN,
        /** A text-to-image pipeline of other programs. */
        PIPELINE
    }

    public ModelEntry {
        can = Set.copyOf(can);
        classes = List.copyOf(classes);
        options = List.copyOf(options);
        samplers = List.copyOf(samplers);
    }

    /** What a model can, after the word can. */
    public static String inWords(String ability) {
        return switch (ability) {
            case "edit" -> "edit pictures";
            case "variations" -> "draw variations";
            default -> ability;
        };
    }

    /** Throws IllegalArgumentException if it cannot do something. */
    public void require(String ability) {
        if (!can.contains(ability))
            throw new IllegalArgumentException("the model " + id + " cannot " + inWords(ability) + ", only "
                    + String.join(", ", can.stream().sorted().toList()));
    }
}
