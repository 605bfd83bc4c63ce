package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Scalar;

/**
 * What a training of a pipeline has learned: a run, or its checkpoint.
 *
 * @param learned averages of all that learned, by name
 */
record TunedRun(Path path, PipelineExperiment experiment, Map<String, StoredTensor> learned) {
    private static final String UNET = "unet"; // whose weights alone are learned whole
    private static final String WEIGHT = ".weight", WORD = ".word", EXPERIMENT = "experiment.yaml";

    /** Whether there is one. */
    static boolean is(Path path) {
        try {
            boolean run = Files.isDirectory(path) && Files.isRegularFile(path.resolve(EXPERIMENT));
            return (run || TrainedFile.isCheckpoint(path))
                    && TrainedFile.experiment(path) instanceof PipelineExperiment;
        } catch (IOException | RuntimeException e) {
            return false; // whatever it is, others say what is wrong with it
        }
    }

    /** @throws IOException if there is no checkpoint yet, or it is damaged */
    static TunedRun open(Path path) throws IOException {
        Experiment experiment = TrainedFile.experiment(path);
        Checkpoint.Group averages = TrainedFile.learned(path, experiment);
        return new TunedRun(path, (PipelineExperiment) experiment, averages.stored());
    }

    private Tuning tuning() {
        return experiment.training().tune();
    }

    /**
     * Where the pipeline is: where it was, or beside the run.
     *
     * @throws IOException if it is gone
     */
    Path pipeline() throws IOException {
        return TrainedFile.base(Path.of(tuning().from()), path);
    }

    /** The factors as a file of others would have them, with alpha; empty if there are none. */
    Optional<LoraFile> factors() throws IOException {
        Map<String, StoredTensor> pairs = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> each : learned.entrySet()) {
            String name = each.getKey();
            if (!name.contains(".lora_")) continue;
            pairs.put(name, each.getValue());
            String alpha = name.substring(0, name.indexOf(".lora_")) + ".alpha";
            pairs.computeIfAbsent(
                    alpha,
                    key -> StoredTensor.of(Tensors.of(new float[] {(float) tuning().alpha()}, 1)
                            .squeeze()));
        }
        return pairs.isEmpty() ? Optional.empty() : Optional.of(LoraFile.of(path, pairs));
    }

    /** The word that was learned, if there is one. */
    Optional<LearnedWord> word() {
        Map<String, StoredTensor> vectors = new TreeMap<>();
        learned.forEach((name, tensor) -> {
            if (name.endsWith(WORD)) vectors.put(name.substring(0, name.length() - WORD.length()), tensor);
        });
        return vectors.isEmpty()
                ? Optional.empty()
                : Optional.of(new LearnedWord(experiment.texts().word().token(), vectors));
    }

    /**
     * Networks with what was learned.
     *
     * @param networks by what diffusers calls the part
     * @param weight by how much it acts; 1 as it was learned
     * @throws IOException if it is of another pipeline
     */
    Map<String, StoredNetwork> applied(Map<String, StoredNetwork> networks, double weight, List<String> notes)
            throws IOException {
        Map<String, StoredNetwork> changed = new TreeMap<>(networks);
        Optional<LoraFile> factors = factors();
        if (factors.isPresent()) changed = factors.get().applied(changed, weight, notes);
        Set<String> unused = new TreeSet<>(wholeWeights());
        if (unused.isEmpty()) return changed;
        StoredNetwork unet = changed.get(UNET);
        Map<String, StoredTensor> weights = new LinkedHashMap<>(unet.weights());
        for (Map.Entry<String, StoredTensor> each : weights.entrySet()) {
            LayerPlace place = LayerPlace.of(each.getKey());
            StoredTensor whole = learned.get(UNET + "." + place.weight());
            if (whole == null || isFactor(place.weight())) continue;
            each.setValue(part(each.getValue(), whole, place, weight));
            unused.remove(UNET + "." + place.weight());
        }
        if (!unused.isEmpty())
            throw new IOException(path + " is of another pipeline: there is no weight "
                    + unused.iterator().next());
        changed.put(UNET, unet.with(() -> weights));
        return changed;
    }

    /** The names of the denoiser's weights that were learned as they are. */
    List<String> wholeWeights() {
        return learned.keySet().stream()
                .filter(name -> name.startsWith(UNET + ".") && !isFactor(name))
                .toList();
    }

    private static boolean isFactor(String name) {
        return Adaptation.factors("x" + WEIGHT).stream().anyMatch(factor -> name.endsWith(factor.substring(1)));
    }

    private StoredTensor part(StoredTensor before, StoredTensor whole, LayerPlace place, double weight)
            throws IOException {
        long rows = whole.size(0) / place.parts();
        if (before.size(0) != rows || before.count() * place.parts() != whole.count())
            throw new IOException(path + " is of another pipeline: its " + place.weight() + " has other sides");
        return StoredTensor.of(List.of(before, whole), both -> {
            var exact = both[0].to(Precision.FP32.dtype());
            return exact.lerp(
                    both[1].narrow(0, place.part() * rows, rows).reshape(Tensors.shape(exact)), new Scalar(weight));
        });
    }
}
