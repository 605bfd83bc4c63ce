package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation.Crop;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.kind.diffusion.pipeline.TextSettings.Encoders;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import java.io.IOException;
import java.util.List;

/** A text-to-image pipeline of others that learns from more pictures; the pipeline is {@code training.tune.from}. */
record PipelineExperiment(
        String name, long seed, DataSettings data, TextSettings texts, NoiseSettings noise, TrainingSettings training)
        implements Experiment {
    public PipelineExperiment {
        Experiment.requireName(name);
        Check.that(data.channels() == 3, "data.channels must be 3", data.channels());
        Tuning tune = training.tune();
        Check.that(tune.rankDropout() == 0, "training.tune.rankDropout must be 0 with a pipeline", tune.rankDropout());
        Check.that(
                texts.encoders() == Encoders.FROZEN || tune.method().factored(),
                "texts.encoders must be frozen where training.tune.method is neither lora nor dora",
                Kebab.of(tune.method()));
        Check.that(
                data.flip() == Flip.NONE
                        && data.crop() == Crop.CENTRE
                        && data.augment().equals(Augmentations.NONE),
                "data.flip, data.crop and data.augment must leave pictures as they are with a pipeline, since its latents are"
                        + " made once",
                data.source());
    }

    @Override
    public void requireTrainable() {
        Check.that(
                training.tune().used(),
                "training.tune.from must be the folder or the file of a pipeline",
                "'" + training.tune().from() + "'");
    }

    /** With the fingerprint of the pipeline that it begins with. */
    @Override
    public Experiment withData(ImageDataset pictures) throws IOException {
        if (!(pictures instanceof CaptionedLatents latents)
                || !training.tune().hash().isEmpty()) return this;
        return Recipe.with(this, List.of("training.tune.hash=" + latents.pipeline()));
    }
}
