package dev.calotype.run;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.io.Moved;
import dev.calotype.io.Reason;
import dev.calotype.judge.DuringTraining;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens what experiments name before the first step, so that it does not fail after hours: the device, the data set, the
 * pictures and the network that models are judged by. Each is opened once, for all experiments that name it.
 */
public final class Preflight {
    private final Set<List<Object>> opened = new HashSet<>();
    private final Map<List<Object>, Long> counts = new HashMap<>();
    private final Map<String, Long> least = new HashMap<>();

    /**
     * @throws IOException if something cannot be opened
     * @throws IllegalArgumentException if a value is of no use
     */
    public void check(Experiment experiment) throws IOException {
        check(experiment, Path.of(""));
    }

    /** {@link #check(Experiment)} of a {@code run} that goes on, beside which things may lie that are not any more where they were. */
    void check(Experiment experiment, Path run) throws IOException {
        data(experiment, run);
        settings(experiment);
        judging(experiment);
    }

    /** The data set of an experiment, its classes and captions, and that what it reads besides is there. */
    public void data(Experiment experiment) throws IOException {
        data(experiment, Path.of(""));
    }

    private void data(Experiment experiment, Path run) throws IOException {
        Kind<Experiment> kind = Kinds.of(experiment);
        for (Map.Entry<String, Path> read : kind.reads(experiment).entrySet())
            Moved.find(read.getKey(), read.getValue(), run);
        DataSettings data = experiment.data();
        Object condition = experiment.generative().map(GenerativeExperiment::condition);
        Tuning tuning = experiment.training().tune();
        if (!opened.add(List.of(
                kind.name(),
                kind.wantsCaptions(experiment),
                data.source(),
                data.size(),
                data.channels(),
                data.flip(),
                data.labels(),
                data.clip(),
                condition,
                tuning.from(),
                tuning.rehearsal().source()))) return;
        try (ImageDataset pictures = TunedData.open(experiment)) {
            experiment.withClasses(pictures.classes());
            kind.requireTold(experiment, pictures);
        }
    }

    /** The device of an experiment, and parts of its training that would do nothing. */
    public void settings(Experiment experiment) {
        Kind<?> kind = Kinds.of(experiment);
        int frames = experiment.data().clip().frames();
        Check.that(
                frames == 1 || kind.learnsFromVideos(),
                "data.clip.frames must be 1 for the kind " + kind.name() + ", which learns from single pictures",
                frames);
        Check.that(
                !experiment.training().tune().used() || Kinds.of(experiment).tunes(experiment),
                "training.tune.from must be empty, since models of kind " + kind.name()
                        + " such as this one cannot be tuned",
                experiment.training().tune().from());
        Check.that(
                !experiment.training().tune().rehearsal().asksBase()
                        || Kinds.of(experiment).rehearsesByBase(experiment),
                "training.tune.rehearsal.target must be pictures in this training, which cannot ask its base",
                "base");
        Check.that(
                experiment.training().tune().adapters().isEmpty(),
                "training.tune.adapters must be empty in a training: begin with a model they are merged into",
                experiment.training().tune().adapters());
        experiment.training().placement();
        experiment.training().requireUse();
    }

    /** What an experiment says that it is judged by, if it draws images. */
    void judging(Experiment experiment) throws IOException {
        Optional<GenerativeExperiment> drawn = experiment.generative();
        if (drawn.isPresent())
            judging(
                    drawn.get(),
                    drawn.get().reference(),
                    drawn.get().evaluation().network(),
                    "evaluation.duringTraining",
                    drawn.get().evaluation().duringTraining());
    }

    /**
     * What an experiment is judged by: real pictures and a feature network.
     *
     * @param key says how many {@code images} are judged, or 0
     */
    public void judging(GenerativeExperiment experiment, String reference, String network, String key, long images)
            throws IOException {
        DataSettings data = experiment.data();
        List<Object> real = List.of(reference, data.size(), data.channels());
        boolean known = reference.equals(data.source()) && images == 0;
        if (!known && !counts.containsKey(real))
            named("evaluation.against", () -> {
                ImageDataset pictures = DataSets.open(reference, data.size(), data.channels());
                counts.put(real, pictures.size());
                return pictures;
            });
        Device device = experiment.training().placement().device();
        if (!least.containsKey(network))
            named("evaluation.network", () -> {
                FeatureNetwork opened = FeatureNetworks.open(network, device);
                least.put(network, DuringTraining.least(opened));
                return opened;
            });
        if (images == 0) return;
        long wanted = least.get(network);
        String why = " where " + network + " judges, since scores of fewer pictures are noise or lack rank";
        Check.that(images >= wanted, key + " must be at least " + wanted + why, images);
        Check.that(
                counts.get(real) >= wanted,
                "the pictures of " + reference + " must be at least " + wanted + why,
                counts.get(real));
    }

    /** What can be opened. */
    private interface Opening {
        AutoCloseable open() throws IOException;
    }

    private static void named(String key, Opening opening) throws IOException {
        try (AutoCloseable opened = opening.open()) {
            Check.that(opened != null, key + " must be there", "nothing");
        } catch (IOException e) {
            throw new IOException(key + ": " + Reason.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        } catch (Exception e) {
            throw new IOException(key + " cannot be closed: " + Reason.of(e), e);
        }
    }
}
