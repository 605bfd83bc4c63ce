package dev.calotype.train.latent;

import dev.calotype.data.Batch;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.PatchDiscriminator;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.Averaging;
import dev.calotype.train.DivergenceException;
import dev.calotype.train.GradientStep;
import dev.calotype.train.Learner;
import dev.calotype.train.Optimizer;
import dev.calotype.train.StepReport;
import dev.calotype.train.TrainedWeights;
import dev.calotype.train.adapt.Adaptation;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An update of an autoencoder, and, from a step on, of the discriminator of its pictures (Esser et al. 2021, arXiv:2012.09841; Rombach et
 * al. 2022, arXiv:2112.10752). The batch is shared among pairs of replicas as in {@link GradientStep}. All losses are means over the
 * values of pictures, where those papers' are sums: the weights of terms mean the same.
 *
 * <p>The discriminator judges the pictures that the autoencoder learned from in the same step. Its weight in the autoencoder's loss is
 * {@link Rules#adversarial} times {@link #balance}, for each share of a batch by itself.
 */
public final class AutoencoderStep implements Learner {
    /**
     * What is lowered.
     *
     * @param cost weight of the cost of latents, which for normal distributions is the divergence from the standard one
     * @param adversarial weight of the discriminator, 0 for none
     * @param start steps before the discriminator plays
     */
    public record Rules(ReconstructionLoss reconstruction, double cost, double adversarial, long start) {
        public Rules {
            if (!(cost >= 0 && cost < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("cost must be a number from 0 on: " + cost);
            if (!(adversarial >= 0 && adversarial < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("adversarial must be a number from 0 on: " + adversarial);
            if (start < 0) throw new IllegalArgumentException("start must be at least 0: " + start);
        }
    }

    /**
     * Replicas of both; all get the weights of the first.
     *
     * @param discriminators as many; none where nothing is judged
     * @param seen closed at the end: what the loss looks by
     */
    public record Networks(
            List<? extends LatentNetwork> autoencoders, List<PatchDiscriminator> discriminators, Runnable seen) {
        public Networks {
            autoencoders = List.copyOf(autoencoders);
            discriminators = List.copyOf(discriminators);
            if (autoencoders.isEmpty() || !discriminators.isEmpty() && discriminators.size() != autoencoders.size())
                throw new IllegalArgumentException("as many discriminators as autoencoders are needed, or none: "
                        + discriminators.size() + " and " + autoencoders.size());
        }
    }

    private static final String DISCRIMINATOR = "discriminator/";
    private static final double BETA1 = 0.9, PLAYING_BETA1 = 0.5, PLAYING_BETA2 = 0.9;
    private static final double LEAST = 1e-4, MOST = 1e4;

    private final Networks networks;
    private final Rules rules;
    private final double clip;
    private final LongToDoubleFunction learningRate;
    private final Rng rng;
    private final Workers workers;
    private final TrainedWeights autoencoder;
    private final TrainedWeights discriminator; // null where there is none
    private long steps;

    /**
     * @param options of the autoencoder, whose shards are computed whole
     * @param learningRate of both, in a step counted from 1
     * @param rng the source of all randomness: step i draws from its fork i
     */
    public AutoencoderStep(
            Networks networks,
            Precision precision,
            Rules rules,
            GradientStep.Options options,
            LongToDoubleFunction learningRate,
            Rng rng) {
        if (options.accumulate() != 1)
            throw new IllegalArgumentException("accumulate must be 1: " + options.accumulate());
        if (rules.adversarial() > 0 == networks.discriminators().isEmpty())
            throw new IllegalArgumentException(
                    "a discriminator is needed where adversarial is above 0, and none else: " + rules.adversarial());
        this.networks = networks;
        this.rules = rules;
        this.learningRate = learningRate;
        this.rng = rng;
        clip = options.clip();
        workers = new Workers(networks.autoencoders().size());
        var adam = new TrainedWeights.Adam(BETA1, options.beta2(), options.weightDecay());
        autoencoder = new TrainedWeights(
                networks.autoencoders(),
                precision,
                options.optimizer(),
                adam.with(options.rates()),
                options.averaging(),
                options.adaptation(),
                workers);
        discriminator = networks.discriminators().isEmpty()
                ? null
                : new TrainedWeights(
                        networks.discriminators(),
                        precision,
                        Optimizer.ADAMW,
                        new TrainedWeights.Adam(PLAYING_BETA1, PLAYING_BETA2, 0),
                        Averaging.exponential(List.of()),
                        Adaptation.FULL,
                        workers);
    }

    @Override
    public StepReport run(Batch batch) {
        long step = steps + 1;
        Rng stepRng = rng.fork(step);
        boolean plays = discriminator != null && step > rules.start();
        List<Batch> shares = batch.split(networks.autoencoders().size());
        List<Double> losses = workers.run(shares.size(), i -> {
            double[] loss = new double[1];
            double share = (double) shares.get(i).count() / batch.count();
            Scope.run(() -> loss[0] = share * learn(i, shares.get(i), share, plays, stepRng.fork(i)));
            return loss[0];
        });
        double loss = losses.stream().mapToDouble(Double::doubleValue).sum();
        double norm = autoencoder.collect(), judged = plays ? discriminator.collect() : 0;
        if (!Double.isFinite(loss) || !Double.isFinite(norm) || !Double.isFinite(judged))
            throw new DivergenceException(step, loss, norm);
        double rate = learningRate.applyAsDouble(step);
        autoencoder.update(rate, clip > 0 && norm > clip ? clip / norm : 1, step);
        if (plays) discriminator.update(rate, 1, step - rules.start());
        steps = step;
        return new StepReport(step, loss, norm, rate, batch.count());
    }

    /** Adds the gradients of one share and returns its loss, without the discriminator's part. */
    private double learn(int worker, Batch batch, double share, boolean plays, Rng own) {
        LatentNetwork network = networks.autoencoders().get(worker);
        Tensor before = batch.images(Device.of(network)); // (N, C, H, W)
        LatentNetwork.Code code = network.code(before, own);
        Tensor last = network.last();
        boolean frozen = plays && !last.requires_grad(); // which has a gradient for the balance alone
        if (frozen) last.requires_grad_(true);
        Tensor after = network.pictures(code.latents()); // (N, C, H, W)
        long values = before.numel() / before.size(0);
        Tensor cost = Tensors.scale(rules.cost() / values, code.cost().mean());
        Tensor seen = after.detach().requires_grad_(true); // (N, C, H, W)
        Tensor apart = rules.reconstruction().between(before, seen);
        double loss = apart.item_double() + cost.item_double();
        apart.backward(); // not asked for alone: normalisations have backward passes by hand
        Tensor slope = seen.grad(); // (N, C, H, W)
        if (plays)
            slope = slope.add(
                    against(worker, seen.detach().requires_grad_(true), after, slope, values)); // (N, C, H, W)
        if (frozen) last.requires_grad_(false);
        Tensors.scale(share, after.mul(slope).sum().add(cost)).backward();
        if (plays) judge(worker, before, seen.detach(), share);
        return loss;
    }

    /** The weighted gradient of the discriminator's part by the pictures that came back. */
    private Tensor against(int worker, Tensor seen, Tensor after, Tensor slope, long values) {
        Tensor answers = networks.discriminators().get(worker).forward(seen); // (N, 1, H', W')
        Tensor played = Kernels.gradient(AdversarialLoss.HINGE.generator(answers), seen); // (N, C, H, W)
        Tensor last = networks.autoencoders().get(worker).last();
        double balance = balance(norm(after, slope, last), norm(after, played, last), values);
        return Tensors.scale(rules.adversarial() * balance, played);
    }

    private static double norm(Tensor after, Tensor slope, Tensor last) {
        return Scope.tidy(() -> Kernels.gradientOfMany(after.mul(slope).sum(), last)
                        .to(ScalarType.Float)
                        .norm())
                .item_double();
    }

    /**
     * The weight by which a discriminator's gradient is as long as that of the reconstruction, where both reach the last layer: at most
     * 10^4 with losses that are sums over values.
     *
     * @param reconstruction norm of the gradient of the reconstruction, a mean over values
     * @param adversarial norm of that of the discriminator's answers
     * @param values of a picture
     */
    static double balance(double reconstruction, double adversarial, long values) {
        return Math.min(MOST, values * reconstruction / (adversarial + LEAST)) / values;
    }

    /** Adds the discriminator's gradients of one share. */
    private void judge(int worker, Tensor real, Tensor fake, double share) {
        PatchDiscriminator network = networks.discriminators().get(worker);
        Tensor loss = AdversarialLoss.HINGE.discriminator(network.forward(real), network.forward(fake), 0);
        loss.mul(new Scalar(share / 2)).backward();
    }

    @Override
    public Course course() {
        return discriminator == null ? Course.FALLS : Course.PLAYS;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public long parameterCount() {
        return autoencoder.count() + (discriminator == null ? 0 : discriminator.count());
    }

    /** Those of the autoencoder, and after {@code discriminator/} those of the discriminator. */
    @Override
    public Map<String, Tensor> weights() {
        Map<String, Tensor> judge = discriminator == null ? Map.of() : discriminator.weights();
        return Learner.beside(autoencoder.weights(), DISCRIMINATOR, judge);
    }

    /** The autoencoder's. */
    @Override
    public Map<String, Tensor> average(String name) {
        return autoencoder.average(name);
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> judge = discriminator == null ? Map.of() : discriminator.state();
        return Learner.beside(autoencoder.state(), DISCRIMINATOR, judge);
    }

    @Override
    public void restore(Map<String, Tensor> saved, long stepsMade) {
        autoencoder.restore(saved, stepsMade);
        if (discriminator != null) discriminator.restore(Learner.behind(DISCRIMINATOR, saved), stepsMade);
        steps = stepsMade;
    }

    @Override
    public void close() {
        workers.close();
        autoencoder.close();
        if (discriminator != null) discriminator.close();
        networks.seen().run();
    }
}
