package dev.calotype.restore;

import dev.calotype.data.Batch;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.sampling.Sampler;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains diffusion whose forward process ends in N(μ, v² I) about an estimate μ of each image, instead of N(0, I)
 * (PriorGrad, Lee et al. 2022; union 2 of {@code docs/theory.md}). That is ordinary diffusion of z = (x - μ) / v. A
 * batch holds pairs: the channels of the image, then those of its estimate.
 *
 * @param process with a fixed variance
 * @param centre where the forward process ends
 * @param deviation v, above 0; 1 with {@link Centre#ORIGIN}
 * @param sight whether the network sees the estimate
 */
public record AdaptivePrior(GaussianDiffusion process, Centre centre, double deviation, Sight sight)
        implements Objective<DiffusionNetwork> {
    /** The mean of what the forward process ends in. */
    public enum Centre {
        /** 0 for all images: ordinary diffusion, to compare with. */
        ORIGIN,
        /** The estimate of the image. */
        ESTIMATE
    }

    /** What goes into the network. */
    public enum Sight {
        /** The noisy image alone: C channels. */
        BLIND,
        /** The noisy image and the estimate: 2C channels. */
        SHOWN
    }

    public AdaptivePrior {
        if (!(deviation > 0)) throw new IllegalArgumentException("deviation must be positive: " + deviation);
        if (centre == Centre.ORIGIN && deviation != 1)
            throw new IllegalArgumentException("deviation must be 1 where the centre is the origin: " + deviation);
    }

    /** v of a set of images (N, C, H, W) and their estimates: the root mean squared error. */
    public static double deviation(Tensor clean, Tensor estimates) {
        return Scope.read(() -> Math.sqrt(clean.sub(estimates).square().mean().item_double()));
    }

    @Override
    public BatchLoss loss(DiffusionNetwork network, Batch batch, Rng rng) {
        Tensor[] pair = Tensors.chunk(batch.images(Device.of(network)), 2, 1); // (N, C, H, W) each
        Tensor z = towards(pair[0], pair[1]); // (N, C, H, W)
        int[] t = rng.fork(0).ints(batch.count(), 0, process.schedule().steps());
        Tensor eps = rng.fork(1).normalLike(z); // (N, C, H, W)
        network.reseed(rng.fork(2).nextLong());
        DiffusionLoss loss = new DiffusionLoss(process, Loss.SIMPLE);
        return BatchLoss.of(
                loss.terms(predictor(network, pair[1]), z, eps, t).total().mean());
    }

    /** The network as a sampler of z sees it, for the images with these estimates (N, C, H, W). */
    public Denoiser denoiser(DiffusionNetwork network, Tensor estimates) {
        return process.denoiser(predictor(network, estimates), Clip.NONE);
    }

    /**
     * An image for each estimate.
     *
     * @param estimates fp32 (N, C, H, W) in [-1, 1]
     * @return in the caller's scope, in [-1, 1]
     */
    public Tensor sample(DiffusionNetwork network, Tensor estimates, Sampler sampler, Rng rng) {
        return Scope.inference(() -> {
            Tensor noise = rng.fork(0).normalLike(estimates); // (N, C, H, W)
            Tensor z = sampler.sample(denoiser(network, estimates), noise, rng.fork(1)); // (N, C, H, W)
            return Tensors.clip(back(z, estimates)); // (N, C, H, W)
        });
    }

    /** z of x. */
    private Tensor towards(Tensor x, Tensor estimates) {
        return centre == Centre.ORIGIN ? x : Tensors.scale(1 / deviation, x.sub(estimates));
    }

    /** x of z. */
    private Tensor back(Tensor z, Tensor estimates) {
        return centre == Centre.ORIGIN ? z : estimates.add(Tensors.scale(deviation, z));
    }

    private NoisePredictor predictor(DiffusionNetwork network, Tensor estimates) {
        return (noisy, times) -> {
            Tensor seen = sight == Sight.BLIND ? noisy : Tensors.cat(1, noisy, estimates); // (N, C or 2C, H, W)
            return network.forward(seen, times, Condition.NONE); // (N, C, H, W)
        };
    }
}
