package dev.calotype.kind.autoencoder;

import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Task;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.model.AttributeNet;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.PatchDiscriminator;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Learner;
import dev.calotype.train.latent.AutoencoderStep;
import dev.calotype.train.latent.ReconstructionLoss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains an autoencoder. */
final class AutoencoderTask implements Task<LatentNetwork> {
    private static final int VALIDATION_IMAGES = 64, SHOWN = 8;
    private static final int FEW = 10; // of so many codes less than one in use
    private static final Logger LOG = LoggerFactory.getLogger(AutoencoderTask.class);
    private static final long VALIDATION_SEED = 0x5EED;
    private static final long AUTOENCODER = 1, DISCRIMINATOR = 2, CODES = 3; // names of the streams of weights

    private final AutoencoderExperiment experiment;
    private final FixedBatch fixed;
    private final int atOnce;
    private LatentStatistics statistics; // null before the first checkpoint

    AutoencoderTask(AutoencoderExperiment experiment, ImageDataset data) {
        this.experiment = experiment;
        atOnce = experiment.training().largestPart(1);
        fixed = new FixedBatch(data, experiment.data().preparation().plain(), VALIDATION_IMAGES, VALIDATION_SEED);
    }

    @Override
    public LatentNetwork network(Rng rng) {
        LatentNetwork network = experiment.network(LatentScale.NONE);
        network.draw(rng.fork(AUTOENCODER));
        if (network instanceof VqAutoencoder quantised)
            Scope.run(() -> quantised.begin(fixed.get().images(Device.CPU), atOnce, rng.fork(CODES)));
        return network;
    }

    @Override
    public Learner learner(Setting setting) {
        LossSettings loss = experiment.loss();
        LossSettings.Adversarial adversarial = loss.adversarial();
        List<LatentNetwork> autoencoders = setting.replicas(this::network);
        List<PatchDiscriminator> discriminators = new ArrayList<>();
        Device device = setting.placement().device();
        for (int i = 0; i < setting.workers(); i++) {
            if (adversarial.weight() > 0)
                discriminators.add(device.move(new PatchDiscriminator(
                        adversarial.config(experiment.data().channels()),
                        setting.weights().fork(DISCRIMINATOR))));
        }
        RoomsJudge judge = loss.perceptual() == 0 ? null : judge(setting.placement());
        Function<Tensor, Tensor[]> maps = judge == null ? x -> new Tensor[0] : x -> seen(judge.network(), x);
        return new AutoencoderStep(
                new AutoencoderStep.Networks(autoencoders, discriminators, () -> {
                    if (judge != null) judge.close();
                }),
                setting.placement().precision(),
                new AutoencoderStep.Rules(
                        new ReconstructionLoss(loss.pixels(), loss.perceptual(), maps),
                        experiment.network().isQuantised() ? loss.codebook().weight() : loss.kl(),
                        adversarial.weight(),
                        adversarial.start()),
                setting.options(),
                setting.rate(),
                setting.noise());
    }

    private static RoomsJudge judge(Placement placement) {
        try {
            RoomsJudge judge = RoomsJudge.builtIn(placement.device());
            Inference.prepare(judge.network(), placement.precision());
            return judge;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor[] seen(AttributeNet network, Tensor x) {
        Tensor colours = x.size(1) == 1 ? x.expand(x.size(0), 3, x.size(2), x.size(3)) : x;
        return network.maps(AttributeNet.bands(colours));
    }

    /** Worth the distance of pixels alone; measures the latents besides. */
    @Override
    public Appraisal appraise(LatentNetwork averaged) {
        ReconstructionLoss distance = new ReconstructionLoss(experiment.loss().pixels(), 0, x -> new Tensor[0]);
        return Appraisal.of(Scope.read(() -> {
            Tensor pictures = fixed.get().images(Device.of(averaged)); // (N, C, H, W)
            statistics = LatentStatistics.of(averaged, pictures, atOnce);
            if (averaged instanceof VqAutoencoder quantised) tell(quantised, pictures);
            double sum = 0;
            for (int from = 0; from < VALIDATION_IMAGES; from += atOnce) {
                int count = Math.min(atOnce, VALIDATION_IMAGES - from);
                Tensor part = pictures.narrow(0, from, count);
                sum += count
                        * Scope.read(() -> distance.between(part, averaged.decode(averaged.encode(part)))
                                .item_double());
            }
            return sum / VALIDATION_IMAGES;
        }));
    }

    /** How many of the codes are in use; that few are is a warning. */
    private void tell(VqAutoencoder network, Tensor pictures) {
        List<Tensor> numbers = new ArrayList<>();
        for (int from = 0; from < VALIDATION_IMAGES; from += atOnce)
            numbers.add(network.numbers(pictures.narrow(0, from, Math.min(atOnce, VALIDATION_IMAGES - from))));
        Tensor latents = Tensors.cat(0, numbers.toArray(Tensor[]::new)); // (N, h, w)
        VqAutoencoder.Usage usage = network.usage(latents);
        String said = String.format(
                Locale.ROOT,
                "%d of %d codes are in use by %d pictures, as many as %.1f used alike",
                usage.used(),
                usage.codes(),
                VALIDATION_IMAGES,
                usage.perplexity());
        long most = Math.min(usage.codes(), latents.numel()); // more cannot be in use
        if (usage.used() * FEW < most) LOG.warn("{}: fewer network.codes would do the same", said);
        else LOG.info("{}", said);
    }

    @Override
    public Map<String, Tensor> state() {
        return statistics == null ? Map.of() : statistics.state();
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        if (LatentStatistics.in(state)) statistics = LatentStatistics.of(state);
    }

    /** Pictures above what came back. */
    @Override
    public void draw(LatentNetwork averaged, Path file) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        Scope.run(() -> {
            Tensor before = fixed.get().first(SHOWN).images(Device.of(averaged)); // (8, C, H, W)
            pictures.addAll(Images.pictures(before));
            pictures.addAll(Images.pictures(averaged.decode(averaged.encode(before))));
        });
        PngFile.write(file, Images.grid(pictures, SHOWN, 2));
    }
}
