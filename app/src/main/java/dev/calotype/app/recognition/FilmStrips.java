package dev.calotype.app.recognition;

import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.Sample;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clips below each other, one row for each with its frames side by side. */
public final class FilmStrips {
    private static final int LOOKED = 1000;

    private final List<Picture> frames = new ArrayList<>();

    /** A data set of clips, or of single pictures. */
    public static ImageDataset open(String source, int size, ClipSettings clip) throws IOException {
        return DataSets.open(source, size, ReadOptions.channels(3).withClip(clip));
    }

    /** The first clip of each class; the first few of a data set without classes. */
    public static FilmStrips ofClasses(ImageDataset data, Preparation preparation) throws IOException {
        FilmStrips strips = new FilmStrips();
        Set<Integer> seen = new HashSet<>();
        int wanted = Math.max(1, data.classes().size());
        for (long index : Batches.firstIndices(data.size(), 0, LOOKED)) {
            if (seen.size() == wanted) break;
            Sample sample = data.read(index);
            if (seen.add(sample.label())) strips.add(sample, preparation, Rng.of(0));
        }
        return strips;
    }

    /** The pictures of a sample as a network sees them, all changed by the same draws. */
    public void add(Sample sample, Preparation preparation, Rng rng) {
        for (Picture picture : sample.pictures()) frames.add(preparation.apply(picture, rng.fork(0)));
    }

    /** Writes them, so many frames in a row. */
    public void write(Path file, int columns) throws IOException {
        PictureFormat.write(file, Images.grid(frames, columns, 2), Map.of());
    }
}
