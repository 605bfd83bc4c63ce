package dev.calotype.data.label;

import java.io.IOException;
import java.util.Locale;

/** Where the labels of pictures in a folder or an archive come from. Classes are numbered in the order of their names. */
public enum LabelRule {
    /**
     * {@code .cls} files beside the pictures and lists of labels ({@code dataset.json}, {@code metadata.csv}, {@code
     * labels.csv} and their like) if there are any; else {@link #FOLDER} if every picture lies in a sub-folder and there
     * are at least two of them, which are neither parts ({@code train}, {@code test}) nor chunks through which the
     * numbers of the files go on; else {@link #NONE}. Folders that all pictures share, such as the {@code train/} of
     * {@code train/cat/1.png} and {@code train/dog/2.png}, are not counted.
     */
    AUTO,

    /** The sub-folder, the first one below the folders that all pictures share: {@code cat/1.png} is a cat. */
    FOLDER,

    /** The file's name up to its first underscore, as improved-diffusion has it: {@code cat_1.png} is a cat. */
    PREFIX,

    /** Nowhere: pictures are unlabelled. */
    NONE;

    /**
     * Whether labels that are written with the pictures are read: by {@link #AUTO} and not by {@link #NONE}.
     *
     * @param data what holds pictures without names of files, to begin a sentence with
     * @throws IOException if names of files or folders are asked for
     */
    public boolean takesWritten(String data) throws IOException {
        if (this == FOLDER || this == PREFIX)
            throw new IOException(
                    data + " has no names of files that could be labels: data.labels must be auto or none, not "
                            + name().toLowerCase(Locale.ROOT));
        return this == AUTO;
    }
}
