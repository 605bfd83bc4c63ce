package dev.calotype.drawing;

import dev.calotype.data.ContentHash;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Pictures of a text-to-image pipeline before it is fine-tuned, to be rehearsed meanwhile (prior preservation, Ruiz et al. 2023). */
public final class PipelinePictures {
    private static final int PART = 16; // pictures that are drawn at once, with a seed of their own

    private PipelinePictures() {}

    /**
     * What is drawn.
     *
     * @param pipeline its fingerprint, so that pictures of another one are drawn anew
     * @param side of the pictures in pixels
     * @param count 1..4096
     */
    public record Wanted(String pipeline, String text, int side, int count) {
        public Wanted {
            Check.range("count", count, 1, 4096);
        }
    }

    /**
     * Draws pictures of a text to a folder, each with the text as its caption. A folder that is complete is left.
     *
     * @param parent where the folder is made
     * @return the folder, whose name tells the pipeline, the text, the side and the number
     * @throws IOException if weights cannot be read, or something cannot be written
     */
    public static Path draw(TextPipeline model, Wanted wanted, Path parent, Placement placement, Progress progress)
            throws IOException {
        String text = wanted.text(), plain = Prompt.plainly(text); // as captions are read
        int side = wanted.side(), count = wanted.count();
        String of = new ContentHash().add(wanted.pipeline()).add(plain).hex().substring(0, 12);
        Path folder = parent.resolve("rehearsal-" + of + "-" + side + "-" + count);
        if (Files.isDirectory(folder)) return folder;
        model.requireSize(side, side);
        Path unfinished = Files.createTempDirectory(Files.createDirectories(parent), ".rehearsal-");
        try {
            for (int from = 0; from < count; from += PART) {
                long seed = from / PART;
                Wishes wishes = new Wishes(
                        new Prompt(plain, Optional.empty(), 0), Map.of(), seed, side, side, Optional.empty());
                int several = Math.min(PART, count - from);
                List<Picture> drawn =
                        model.draw(wishes, several, placement, progress).pictures();
                for (int i = 0; i < several; i++) {
                    String stem = String.format(Locale.ROOT, "%05d", from + i);
                    PngFile.write(unfinished.resolve(stem + ".png"), drawn.get(i));
                    Files.writeString(unfinished.resolve(stem + ".txt"), text);
                }
            }
            return Files.move(unfinished, folder);
        } catch (IOException | RuntimeException e) {
            new TemporaryFolder(unfinished).close();
            throw e;
        }
    }
}
