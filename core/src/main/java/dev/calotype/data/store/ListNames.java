package dev.calotype.data.store;

import java.util.Locale;
import java.util.Set;

/** The names of files that list the captions or labels of others. */
public final class ListNames {
    /** The name of StyleGAN2-ADA's list of labels. */
    public static final String STYLE_GAN = "dataset.json";

    private static final Set<String> CAPTIONED =
            Set.of("captions.jsonl", "metadata.jsonl", "captions.csv", "metadata.csv", "captions.txt");
    private static final Set<String> LABELLED = Set.of(
            "labels.csv",
            "label.csv",
            "train.csv",
            "train_labels.csv",
            "val.csv",
            "valid.csv",
            "validation.csv",
            "val_labels.csv",
            "test.csv",
            "test_labels.csv");

    private ListNames() {}

    /** Whether a file of this name lists the captions or labels of others. */
    public static boolean isList(String baseName) {
        String lower = baseName.toLowerCase(Locale.ROOT);
        return ofCaptions(lower) || LABELLED.contains(lower) || lower.equals(STYLE_GAN);
    }

    /** Whether a file of this name is there for captions, so that it must name pictures. */
    public static boolean isOfCaptions(String baseName) {
        return ofCaptions(baseName.toLowerCase(Locale.ROOT));
    }

    /** Whether a table of this name is there for the labels, so that of two columns the second is one. */
    public static boolean isOfLabels(String baseName) {
        return LABELLED.contains(baseName);
    }

    private static boolean ofCaptions(String lower) {
        return CAPTIONED.contains(lower) || lower.endsWith(".token.txt");
    }
}
