package dev.calotype.kind.prior;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation.Crop;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.data.augment.ColourJitter;
import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.embedding.Identity;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.model.prior.PriorTransformer.Timing;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;

/**
 * What tells the vector of a picture from that of its caption.
 *
 * @param encoder whose vectors they are: a run or checkpoint of the kind {@code clip}, or files of others
 * @param encoderHash what it is remembered by, filled in when training begins
 * @param embedding the values of a vector, filled in when training begins
 * @param pairs of pictures and captions that are learned from, at most
 * @param test pairs that are not learned from
 * @param network of all methods but {@code ridge}
 * @param contrast the weight of the contrastive loss of {@code eclipse}, lambda
 * @param diffusion the process of {@code diffusion}
 */
public record PriorExperiment(
        String name,
        long seed,
        DataSettings data,
        String encoder,
        String encoderHash,
        int embedding,
        int pairs,
        Test test,
        Method method,
        Network network,
        double contrast,
        Diffusion diffusion,
        TrainingSettings training)
        implements Experiment {
    /** How it is learned. */
    public enum Method {
        /** A linear map, solved for in closed form; how much it is held back is chosen on a tenth of the pairs. */
        RIDGE,
        /** From noise at once, by the squared error: ECLIPSE without its contrast, "projection". */
        MSE,
        /** By a diffusion process that predicts the vector without noise (Ramesh et al. 2022). */
        DIFFUSION,
        /** From noise at once, by the squared error and the contrast with the captions of the batch (Patel et al. 2024). */
        ECLIPSE
    }

    /**
     * Pairs that are not learned from.
     *
     * @param source a data set; empty for pairs of the one learned from
     * @param pairs how many at most
     */
    public record Test(String source, int pairs) {
        public Test {
            Check.range("test.pairs", pairs, 2, 100_000);
        }
    }

    /**
     * The transformer.
     *
     * @param width values of a token
     * @param depth blocks
     * @param heads of attention, which divide the width
     */
    public record Network(int width, int depth, int heads) {
        static final Network USUAL = new Network(128, 4, 4);

        public Network {
            new PriorTransformer.Config(1, width, depth, heads, Timing.UNTIMED);
        }
    }

    /**
     * The process of the diffusion prior.
     *
     * @param steps of the cosine schedule
     * @param dropout how often a caption is withheld while learning, 0..1
     * @param samplingSteps steps in which a vector is made
     * @param guidance how much the caption is exaggerated; 1 for not at all
     */
    public record Diffusion(int steps, double dropout, int samplingSteps, double guidance) {
        static final Diffusion USUAL = new Diffusion(1000, 0.1, 25, 1);

        public Diffusion {
            Check.range("diffusion.steps", steps, 1, 100_000);
            Check.range("diffusion.dropout", dropout, 0, 1);
            Check.range("diffusion.samplingSteps", samplingSteps, 1, steps);
            Check.range("diffusion.guidance", guidance, 0, 100);
            Check.that(
                    guidance == 1 || dropout > 0,
                    "diffusion.guidance must be 1 where diffusion.dropout is 0, since nothing is learned without captions",
                    guidance);
        }
    }

    static final double USUAL_CONTRAST = 0.2;

    public PriorExperiment {
        Experiment.requireName(name);
        Check.that(!encoder.isBlank(), "encoder must be a run of the kind clip, or files of others", encoder);
        Check.range("embedding", embedding, 0, 65_536);
        Check.range("pairs", pairs, 10, 10_000_000);
        Check.range("contrast", contrast, 0, 1000);
        Augmentations augment = data.augment();
        boolean changed = augment.crops()
                || augment.shift() > 0
                || augment.erasing() > 0
                || augment.randAugment().operations() > 0
                || !augment.jitter().equals(ColourJitter.NONE);
        Check.that(
                !changed && data.flip() == Flip.NONE && data.crop() == Crop.CENTRE,
                "data.flip, data.crop and data.augment of a prior must do nothing, since vectors are of pictures as they are",
                Kebab.of(data.flip()) + ", " + Kebab.of(data.crop()) + ", " + augment);
        Check.that(
                method != Method.RIDGE || training.steps() == 1 && training.minutes() == 0,
                "training.steps of a ridge prior must be 1 and training.minutes 0, since it is solved and not trained",
                training.steps() + " and " + training.minutes());
    }

    /** Refuses settings of another method, which would do nothing. */
    @Override
    public void requireTrainable() {
        String own = " must be left out where method is " + Kebab.of(method) + ", which has no use for it";
        Check.that(method == Method.DIFFUSION || diffusion.equals(Diffusion.USUAL), "diffusion" + own, diffusion);
        Check.that(method == Method.ECLIPSE || contrast == USUAL_CONTRAST, "contrast" + own, contrast);
        Check.that(method != Method.RIDGE || network.equals(Network.USUAL), "network" + own, network);
    }

    @Override
    public PriorExperiment withData(ImageDataset data) {
        if (!(data instanceof PriorData known))
            throw new IllegalArgumentException("a prior learns from embeddings: " + data.name());
        EmbeddedPairs learned = known.learned();
        requireEncoder(learned.encoder());
        return new PriorExperiment(
                name,
                seed,
                this.data,
                encoder,
                learned.encoder().remembered(encoderHash),
                learned.length(),
                pairs,
                test,
                method,
                network,
                contrast,
                diffusion,
                training);
    }

    /** Refuses an encoder that is not the one whose vectors were learned, once that is known. */
    void requireEncoder(Identity now) {
        Check.that(
                encoderHash.isEmpty() || now.isKnownAs(encoderHash),
                "encoder must be the one whose vectors the prior has learned, " + encoderHash,
                now.fingerprint());
    }

    PriorTransformer.Config config() {
        Timing timing = method == Method.DIFFUSION ? Timing.TIMED : Timing.UNTIMED;
        return new PriorTransformer.Config(embedding, network.width(), network.depth(), network.heads(), timing);
    }
}
