package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Learner;
import dev.calotype.train.PowerProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The averages of two lengths that a training with {@code training.snapshots} leaves in {@code snapshots/}, and an average of any length
 * put together of them afterwards (Karras et al. 2024, section 3.2).
 */
public final class Snapshots {
    private static final String GROUP = "power/";

    private final RunDirectory run;
    private final CheckpointFolder folder;

    private Snapshots(RunDirectory run) {
        this.run = run;
        folder = new CheckpointFolder(run.snapshots(), Integer.MAX_VALUE);
    }

    /** Those of a run. */
    public static Snapshots of(RunDirectory run) {
        return new Snapshots(run);
    }

    /** What keeps averages so many times in equal parts of a training, of which the share {@code done} is done. */
    Keeper keeper(Experiment experiment, double done) {
        return new Keeper(experiment, done);
    }

    /** {@link #keeper}. */
    final class Keeper {
        private final Experiment experiment;
        private final int count;
        private long due;

        private Keeper(Experiment experiment, double done) {
            this.experiment = experiment;
            count = experiment.training().snapshots();
            due = (long) (count * done);
        }

        /** Keeps the averages as they are if a part of the training has ended. */
        void keep(Learner learner, double progress) throws IOException {
            long now = (long) (count * progress);
            if (now > due) Snapshots.this.keep(learner, experiment);
            due = now;
        }
    }

    private void keep(Learner learner, Experiment experiment) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Map<String, Tensor>> groups = new LinkedHashMap<>();
            for (double length : PowerProfile.KEPT) groups.put(GROUP + length, learner.average(GROUP + length));
            Map<String, Double> state = Map.of("step", (double) learner.steps());
            folder.write(new Checkpoint(Checkpoint.groups(groups), Recipe.write(experiment), state));
        }
    }

    /** Drops what was kept after {@code step}: a resumed training comes there again. */
    void truncate(long step) throws IOException {
        for (Path file : folder.files()) if (CheckpointFolder.step(file) > step) Files.deleteIfExists(file);
    }

    /**
     * Writes a checkpoint whose weights are the average of a relative length over the training until its last snapshot. What else a model
     * needs, such as the statistics of its latents, is that of the last checkpoint.
     *
     * @param length in {@link PowerProfile#SHORTEST}..{@link PowerProfile#LONGEST}
     * @return the steps that the average ends at
     * @throws IOException if the run has kept no snapshots, or they cannot be read
     */
    public long average(double length, Path out) throws IOException {
        Experiment experiment = run.experiment();
        List<Path> files = folder.files();
        if (files.isEmpty())
            throw new IOException(run + " has kept no snapshots: train with training.snapshots of about 10");
        long end = CheckpointFolder.step(files.get(files.size() - 1));
        PowerProfile wanted = PowerProfile.of(length, end);
        List<PowerProfile> profiles = new ArrayList<>();
        for (Path file : files)
            for (double kept : PowerProfile.KEPT) profiles.add(PowerProfile.of(kept, CheckpointFolder.step(file)));
        double[] factors = wanted.combination(profiles);
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> sum = new LinkedHashMap<>();
            int next = 0;
            for (Path file : files)
                for (double kept : PowerProfile.KEPT)
                    add(sum, Checkpoint.readGroup(file, GROUP + kept), factors[next++]);
            sum.replaceAll((name, tensor) -> tensor.to(torch.ScalarType.Float));
            String group = "ema/" + experiment.training().ema().get(0);
            Map<String, Map<String, Tensor>> groups = new LinkedHashMap<>(Map.of(group, sum));
            Map<String, Tensor> task = TrainedFile.group(run.root(), "task").tensors();
            if (!task.isEmpty()) groups.put("task", task);
            Map<String, Double> state = Map.of("step", (double) end, "length", length);
            new Checkpoint(Checkpoint.groups(groups), Recipe.write(experiment), state).write(out);
        }
        return end;
    }

    /** In double precision, since the factors of neighbours nearly cancel; one tensor after the other. */
    private static void add(Map<String, Tensor> sum, Checkpoint.Group group, double factor) throws IOException {
        for (Map.Entry<String, StoredTensor> stored : group.stored().entrySet())
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor read = stored.getValue().read();
                Tensor part = read.to(torch.ScalarType.Double).mul(new Scalar(factor));
                Tensor before = sum.get(stored.getKey());
                if (before == null) sum.put(stored.getKey(), Scope.keep(() -> part));
                else before.add_(part);
            }
    }
}
