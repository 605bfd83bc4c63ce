package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.adapter.OwnAdapter;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.WritesAdapters;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.io.OutputFile;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What fine-tuned runs have learned, as files: merged into checkpoints of their own, or apart from their base. */
public final class Adapters {
    private static final String ALPHA = ".alpha";
    private static final List<String> WHOLE = List.of(
            "training.tune.from=''",
            "training.tune.hash=''",
            "training.tune.method=full",
            "training.tune.layers=[]",
            "training.tune.whole=[]",
            "training.tune.rankDropout=0",
            "training.tune.rates=[]",
            "training.tune.rehearsal={source: '', share: 0.5}",
            "training.tune.adapters=[]");

    private Adapters() {}

    /**
     * What an adapter holds.
     *
     * @param method {@code lora}, {@code dora} or {@code partial}
     * @param ranks of the weights with factors, by name
     * @param alpha of each of them, NaN where the file does not say it
     * @param whole weights that are held as they are
     * @param base what it was learned on; empty where that is not known
     * @param baseHash SHA-256 of the weights it was learned on; empty where that is not known
     */
    public record Summary(
            String method,
            Map<String, Long> ranks,
            Map<String, Double> alpha,
            List<String> whole,
            String base,
            String baseHash) {}

    /**
     * What a fine-tuned run, its checkpoint, or a file that {@link #export} wrote holds.
     *
     * @throws IOException if it is none of these, or damaged
     */
    public static Summary summary(Path file) throws IOException {
        AddedAdapter.Content content = AddedAdapter.content(file);
        OwnAdapter adapter = content.adapter();
        Map<String, Double> alpha = new TreeMap<>();
        for (String weight : adapter.ranks().keySet()) alpha.put(weight, adapter.alpha(weight));
        String method = adapter.ranks().isEmpty() ? "partial" : adapter.hasLengths() ? "dora" : "lora";
        return new Summary(method, adapter.ranks(), alpha, adapter.whole(), content.base(), content.baseHash());
    }

    /**
     * Writes a model whose weights hold what was learned, with other adapters besides, as a checkpoint that needs no base.
     *
     * @param model a run or checkpoint
     * @param adapters {@code FILE} or {@code FILE:WEIGHT}
     * @throws IOException if one does not belong to the model, or the file cannot be written
     */
    public static void merge(Path model, List<String> adapters, Path out) throws IOException {
        OutputFile.requireNew(out);
        Experiment plain = TrainedFile.experiment(model);
        if (Kinds.of(plain).readsBase())
            throw new IllegalArgumentException(
                    model + " is of kind " + Kinds.of(plain).name()
                            + ", which no checkpoint holds: the command imagine draws with it as it is");
        Experiment experiment = AddedAdapter.added(plain, adapters);
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(model, experiment);
            Map<String, Map<String, Tensor>> groups = new LinkedHashMap<>();
            groups.put("ema/" + experiment.training().ema().get(0), averages.tensors());
            Map<String, Tensor> task = TrainedFile.group(model, "task").tensors();
            if (!task.isEmpty()) groups.put("task", task);
            String recipe = Recipe.write(Recipe.with(experiment, WHOLE));
            new Checkpoint(Checkpoint.groups(groups), recipe, Map.of("step", (double) averages.step())).write(out);
        }
    }

    /** Whether {@link #export} writes all that a fine-tuned run or its checkpoint has learned. */
    public static boolean isAddable(Path model) throws IOException {
        return !(Kinds.of(TrainedFile.experiment(model)) instanceof WritesAdapters kind) || kind.isAddable(model);
    }

    /**
     * Writes what a fine-tuned run has learned as safetensors, by the names of peft, with alpha beside each pair of factors.
     *
     * @param model a run or checkpoint
     * @return the files that were written: that one, or also that of a learned word beside it
     * @throws IOException if it is a whole model, or the file cannot be written
     */
    public static List<Path> export(Path model, Path out) throws IOException {
        OutputFile.requireNew(out);
        Experiment experiment = TrainedFile.experiment(model);
        if (Kinds.of(experiment) instanceof WritesAdapters kind) {
            return kind.writeAdapter(model, out);
        }
        Tuning tuning = experiment.training().tune();
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group own = AddedAdapter.learned(model, experiment);
            Map<String, Tensor> tensors = new TreeMap<>(own.tensors());
            for (String weight :
                    OwnAdapter.of(own.stored(), tuning.alpha()).ranks().keySet())
                tensors.put(
                        weight.substring(0, weight.length() - ".weight".length()) + ALPHA,
                        Tensors.of(new float[] {(float) tuning.alpha()}, 1));
            Map<String, String> texts = new TreeMap<>(Map.of(
                    "format", "pt",
                    "base", tuning.from(),
                    "base_sha256", tuning.hash(),
                    "sha256", own.sha256(),
                    "rank", String.valueOf(tuning.rank()),
                    "alpha", String.valueOf(tuning.alpha())));
            SafeTensors.write(out, tensors, texts);
            return List.of(out);
        }
    }
}
