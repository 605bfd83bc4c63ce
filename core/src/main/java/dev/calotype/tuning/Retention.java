package dev.calotype.tuning;

import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Sampling;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.metric.Fid;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Measures a base and fine-tuned models of it: how well each draws what the base knew, and how well the new subject.
 *
 * @param heldOut pictures of the subject that none has learned from
 * @param general real pictures of what the base knew
 * @param network that tells pictures apart, as {@code evaluate} names it
 * @param images drawn of each, at least 64
 * @param sampling how pictures are drawn where that is not as each model's recipe says, such as {@code guidance}
 * @param placement where models compute
 */
public record Retention(
        String heldOut,
        String general,
        String network,
        int images,
        long seed,
        Map<String, String> sampling,
        Placement placement,
        Progress progress) {
    static final int HELD_OUT = 256; // at most, of the subject
    static final int LEARNED = 10_000; // at most, in which copies are looked for

    public Retention {
        Check.range("images", images, 64, 100_000);
        sampling = Map.copyOf(sampling);
    }

    /**
     * Measures each; the base comes first.
     *
     * @throws IOException if something cannot be read
     * @throws IllegalArgumentException if one draws no images
     */
    public List<Retained> of(Path base, List<Path> tuned) throws IOException {
        GenerativeExperiment experiment = TrainedFile.generative(base);
        for (Path path : tuned) TrainedFile.generative(path);
        try (FeatureNetwork features = FeatureNetworks.open(network, placement.device());
                PointerScope scope = new PointerScope()) {
            DataSettings settings = experiment.data();
            Drawn known = read(general, settings, features, images);
            Tensor subject = read(heldOut, settings, features, HELD_OUT).features();
            Ruler ruler = new Ruler(subject, known.features().mean(0));
            List<Retained> all = new ArrayList<>();
            List<Path> paths = new ArrayList<>(List.of(base));
            paths.addAll(tuned);
            for (Path path : paths) {
                progress.at("measuring", all.size(), paths.size());
                try (PointerScope inner = new PointerScope()) {
                    all.add(measured(path, path.equals(base), experiment, known, ruler, features));
                }
            }
            return all;
        }
    }

    private Drawn read(String source, DataSettings settings, FeatureNetwork features, int most) throws IOException {
        Preparation plain = settings.preparation().plain();
        Drawn.Counter counter = new Drawn.Counter(features);
        try (ImageDataset data = DataSets.open(source, settings)) {
            for (long index : Batches.firstIndices(data.size(), seed, (int) Math.min(most, data.size()))) {
                Sample sample = data.read(index);
                try (PointerScope scope = new PointerScope()) {
                    Tensor pixels =
                            Images.toPixels(Images.toTensor(plain.apply(sample.image(), Rng.of(seed)))); // (1, C, H, W)
                    counter.add(pixels, List.of(), sample.label());
                }
            }
        }
        return counter.drawn();
    }

    private Retained measured(
            Path path, boolean isBase, GenerativeExperiment base, Drawn real, Ruler ruler, FeatureNetwork features)
            throws IOException {
        try (DrawsImages model = TrainedFile.open(path, Capability.DRAWS_IMAGES, placement)) {
            List<String> classes = model.experiment().condition().classes(),
                    before = base.condition().classes();
            int[] known = before.isEmpty() ? inTurn(Request.ANY, 1) : inTurn(0, before.size());
            int added = classes.size() - before.size();
            Sampling how = model.experiment().sampling(sampling);
            Drawn general = Drawn.of(model, features, how, seed, known);
            Drawn subject = added <= 0 ? general : Drawn.of(model, features, how, seed, inTurn(before.size(), added));
            boolean guests = heldOut.startsWith("rooms:guest");
            Past past = Past.of(path, isBase);
            return new Retained(
                    path.toString(),
                    past.method(),
                    Fid.between(general.statistics(), real.statistics()).value(),
                    general.asRooms() < 0 || before.isEmpty() ? Double.NaN : (double) general.asRooms() / images,
                    Double.NaN,
                    ruler.identity(subject.features()),
                    ruler.diversity(subject.features()),
                    isBase ? Double.NaN : Ruler.copies(learned(model.experiment(), features), subject.features()),
                    guests ? subject.shareOfGuests() : Double.NaN,
                    guests && subject != general ? general.shareOfGuests() : Double.NaN,
                    past.seconds(),
                    past.bytes());
        }
    }

    /** So many classes from one on, for each picture one in turn. */
    int[] inTurn(int first, int classes) {
        return IntStream.range(0, images).map(i -> first + i % classes).toArray();
    }

    /** The features of what was learned from: all of it, or copies would be missed. */
    Tensor learned(GenerativeExperiment experiment, FeatureNetwork features) throws IOException {
        return read(experiment.data().source(), experiment.data(), features, LEARNED)
                .features();
    }
}
