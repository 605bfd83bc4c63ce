package dev.calotype.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what a trained model was made with, which may have been moved together with it. */
public final class Moved {
    private Moved() {}

    /** {@link #find} for a training that goes on; for one that begins as it is named, whether or not it is there. */
    public static Path place(String what, Path named, Path model) throws IOException {
        return model.toString().isEmpty() ? named : find(what, named, model);
    }

    /**
     * Where it was when training began, else beside the model, under the same name.
     *
     * @param what it is, such as base
     * @param model its run or a checkpoint of it; empty for a training that begins
     * @throws IOException if it is in neither place
     */
    public static Path find(String what, Path named, Path model) throws IOException {
        if (Files.exists(named)) return named;
        boolean begins = model.toString().isEmpty();
        for (Path folder = model.toAbsolutePath().normalize().getParent();
                folder != null && !begins;
                folder = folder.getParent()) {
            Path beside = folder.resolve(named.getFileName());
            if (Files.exists(beside)) return beside;
            if (!Files.isRegularFile(folder.resolve("experiment.yaml")) && !folder.endsWith("checkpoints"))
                break; // beside the run, and not further up
        }
        throw new IOException("the " + what + " " + named + " is not there"
                + (begins ? "" : " any more, nor beside " + model + ": put it there under its name"));
    }
}
