package dev.calotype.unclip;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.RecipeFiles;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trainings one after the other, each in a folder of its own, that end in models which make pictures, of words where there are a CLIP and
 * a prior, in latents where there is an autoencoder. Whatever is done
 * is skipped, whatever was begun goes on: kill it at any moment and run it again.
 *
 * @param settings what is trained
 * @param folder where
 * @param recipes what recipes of the settings are relative to
 */
public record Chain(ChainSettings settings, Path folder, Path recipes) {
    private static final String FILE = "chain.yaml";

    /** What one training came to. */
    public record Trained(Stage stage, Training.Outcome outcome) {}

    /** Whether a folder is that of a chain. */
    public static boolean isOne(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /**
     * The chain of a file, in its folder under {@code parent}, which is made unless it is there.
     *
     * @throws RecipeException if the folder is that of a chain with other settings
     */
    public static Chain create(ChainSettings settings, Path parent, Path recipes) throws IOException {
        Path folder = parent.resolve(settings.name());
        String text = Yaml.write(Yaml.tree(settings));
        Path file = folder.resolve(FILE);
        Chain chain = new Chain(settings, folder, recipes);
        if (Files.exists(file) && !ChainSettings.read(file, List.of()).equals(settings))
            throw new RecipeException(folder + " is a chain of other settings, see its " + FILE
                    + ": `set` name to another one, or what was set before");
        for (Stage stage : settings.stages()) chain.experiment(stage).requireTrainable();
        Files.createDirectories(folder);
        if (!Files.exists(file)) AtomicFile.write(file, text);
        return chain;
    }

    /** What a stage trains. */
    public Experiment experiment(Stage stage) {
        ChainSettings.Link link = settings.link(stage);
        List<String> values = new ArrayList<>(link.set());
        for (Stage other : stages())
            values.addAll(stage.told(other, folder.resolve(other.folder()).toString()));
        return Recipe.read(RecipeFiles.find(link.recipe(), recipes), values);
    }

    /** The stages that are trained, in their order. */
    public List<Stage> stages() {
        return settings.stages();
    }

    /**
     * Trains a stage from the start or from where it was left; does nothing where it is done. Those before must be done.
     *
     * @throws IOException if another process does it, or something cannot be read or written
     */
    public Trained train(Stage stage, TrainingObserver observer) throws IOException {
        Path run = Files.createDirectories(folder.resolve(stage.folder()));
        try (Claim claim = Claim.of(run, "run")) {
            return new Trained(stage, Training.startOrResume(experiment(stage), claim, observer));
        }
    }

    /** The grid of pictures that is drawn at the end. */
    public Path picturesFile() {
        return folder.resolve("pictures.png");
    }

    /** The captions of these pictures, one in a line. */
    public Path captionsFile() {
        return folder.resolve("captions.txt");
    }

    /** How the chain was judged. */
    public Path judgementFile() {
        return folder.resolve("words.json");
    }
}
