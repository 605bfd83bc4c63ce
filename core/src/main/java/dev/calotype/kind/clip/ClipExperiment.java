package dev.calotype.kind.clip;

import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.text.Merges;
import dev.calotype.text.Tokenizer;
import java.io.IOException;

/**
 * Pictures and captions put into one space.
 *
 * @param image the image encoder
 * @param text the text encoder
 * @param embedding values of a vector
 * @param loss which pairs of a batch are compared
 */
public record ClipExperiment(
        String name,
        long seed,
        DataSettings data,
        ImageSettings image,
        TextSettings text,
        int embedding,
        Loss loss,
        TrainingSettings training)
        implements Experiment {
    /** How the pairs of a batch are compared. */
    public enum Loss {
        /** Each picture with all texts and each text with all pictures (Radford et al. 2021). */
        SOFTMAX,
        /** Each pair by itself (Zhai et al. 2023). */
        SIGMOID
    }

    private static final int LEARNED_OF = 20_000; // captions that a vocabulary is learned of

    public ClipExperiment {
        Experiment.requireName(name);
        image.config().grid(data.size());
        Check.range("embedding", embedding, 2, 65_536);
        Check.that(training.batch() >= 2, "training.batch must be at least 2", training.batch());
        Check.that(
                training.recompute() != TrainingSettings.RecomputeChoice.ALWAYS,
                "training.recompute of a clip must be never or auto; training.accumulate above 1 saves memory",
                Kebab.of(training.recompute()));
    }

    @Override
    public ClipExperiment withData(ImageDataset data) throws IOException {
        if (data instanceof ReadCaptions read) return with(text.with(read.encoder()));
        if (!text.learned()) return text.hash().isEmpty() ? with(text.withHash()) : this;
        if (!text.merges().isEmpty()) return this;
        Merges merges = Merges.learned(CaptionedPictures.captions(data, LEARNED_OF), text.cleaning(), text.pairs());
        return with(text.with(merges));
    }

    private ClipExperiment with(TextSettings settled) {
        return new ClipExperiment(name, seed, data, image, settled, embedding, loss, training);
    }

    /** @param tokenizer null with a frozen text encoder */
    Clip.Config config(Tokenizer tokenizer) {
        return new Clip.Config(
                image.config(),
                Variant.STANDARD,
                new Ports(data.size(), data.channels(), 0),
                text.config(tokenizer),
                embedding,
                loss == Loss.SOFTMAX ? Clip.Family.CLIP : Clip.Family.CLIP_WITH_BIAS);
    }
}
