package dev.calotype.experiment.offer;

import dev.calotype.experiment.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A kind that makes runs of models which were trained elsewhere. */
public interface ImportsModels {
    /** In which order a file of guided-diffusion holds the rows of its attention, which it does not tell. */
    enum AttentionOrder {
        /** Head by head, within each query, key and value. */
        LEGACY,
        /** All queries, all keys, all values, within each head by head: trained with {@code use_new_attention_order}. */
        NEW
    }

    /**
     * What a file does not tell.
     *
     * @param weights one set of weights of several in a file, such as {@code ema}; empty where there is one
     * @param data what the model is to be judged against and trained further on; empty where it is not known yet
     * @param classes names of classes; empty for their numbers
     * @param size pixels per side of an image; 0 where the folder tells
     * @param order of the rows of attention
     * @param overrides values of the recipe, {@code key.key=value}
     */
    record Wishes(
            String weights, String data, List<String> classes, int size, AttentionOrder order, List<String> overrides) {
        public Wishes {
            classes = List.copyOf(classes);
            overrides = List.copyOf(overrides);
        }
    }

    /**
     * What was made.
     *
     * @param run the directory
     * @param network what it computes with, {@code process} what it undoes, and {@code sampling} how it draws, for people
     * @param notes what is not honoured, and what was assumed, a sentence each
     */
    record Imported(String run, String network, String process, String sampling, List<String> notes) {
        @Override
        public String toString() {
            return run;
        }
    }

    /**
     * Imports a model into a new run directory.
     *
     * @throws IOException if it cannot be read, or has settings that no run can have; says which
     * @throws IllegalArgumentException or {@link dev.calotype.settings.RecipeException} if a wish is none of the model's
     */
    Imported importModel(Path path, Wishes wishes, Path out) throws IOException;

    /** The kind that does. */
    static ImportsModels kind() {
        return Kinds.offering(ImportsModels.class);
    }
}
