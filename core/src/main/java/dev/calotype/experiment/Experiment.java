package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.gan.GanExperiment;
import dev.calotype.kind.rooms.JudgeExperiment;

/** Everything that a training run depends on, as a tree of values: what stands in a recipe and in a checkpoint. */
public interface Experiment {
    /** What is trained. */
    enum Kind {
        /** A diffusion model of images. */
        DIFFUSION(DiffusionExperiment.class),
        /** A generator of images and its discriminator. */
        GAN(GanExperiment.class),
        /** The attribute classifier that judges generated rooms. */
        JUDGE(JudgeExperiment.class);

        private final Class<? extends Experiment> type;

        Kind(Class<? extends Experiment> type) {
            this.type = type;
        }

        Class<? extends Experiment> type() {
            return type;
        }
    }

    @JsonIgnore
    Kind kind();

    /** Names the run directory: letters, digits, '-', '_' and '.'. */
    String name();

    /** Fixes initial weights, data order and all noise. */
    long seed();

    DataSettings data();

    TrainingSettings training();
}
