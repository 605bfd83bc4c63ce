package dev.calotype.drawing;

import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.io.Progress;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pictures of a model before it is fine-tuned, to be rehearsed meanwhile (prior preservation, Ruiz et al. 2023). */
public final class PriorPictures {
    private PriorPictures() {}

    /**
     * Draws about {@code count} pictures to a folder, of a model with classes to one folder for each. A folder that is complete is left.
     *
     * @param parent where the folder is made
     * @param count at least as many as there are classes
     * @return the folder, whose name tells the weights and the number
     * @throws IOException if something cannot be written
     */
    public static Path draw(DrawsImages model, int count, Path parent, Progress progress) throws IOException {
        List<String> classes = model.experiment().condition().classes();
        Check.range("count", count, Math.max(1, classes.size()), 1_000_000);
        Path folder = parent.resolve("rehearsal-" + model.hash().substring(0, 12) + "-" + count);
        if (Files.isDirectory(folder)) return folder;
        Path unfinished = Files.createTempDirectory(Files.createDirectories(parent), ".rehearsal-");
        Gallery gallery = new Gallery(model, progress);
        if (classes.isEmpty()) gallery.sample(request(model, Request.ANY), count, unfinished);
        for (int label = 0; label < classes.size(); label++) {
            Path inner = unfinished.resolve(classes.get(label)).normalize();
            if (!unfinished.equals(inner.getParent()))
                throw new IOException("the class " + classes.get(label) + " cannot name a folder");
            gallery.sample(request(model, label), (count + classes.size() - 1 - label) / classes.size(), inner);
        }
        return Files.move(unfinished, folder);
    }

    private static Request request(DrawsImages model, int label) {
        return new Request(model.experiment().sampling(), 0, label);
    }
}
