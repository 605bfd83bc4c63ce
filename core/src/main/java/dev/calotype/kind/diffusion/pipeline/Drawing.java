package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.Told;
import dev.calotype.sampling.Guidance;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.StepwiseSampler;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * How latents become those of a request, out of noise or from a given picture on.
 *
 * @param shortening of the way from a picture
 */
public record Drawing(GaussianDiffusion process, Shortening shortening, ImageRequest request) {
    /** A denoiser with all that it is told. */
    public interface Network {
        /**
         * What it predicts.
         *
         * @param x noisy latents, of which the first half is told of what is wanted where it is guided
         * @param times (N)
         */
        Tensor of(Tensor x, Tensor times);

        /** Whether it is told twice, of what is wanted and of what is not. */
        boolean guided();

        /** Is told of latents as they would become, (N, L, h, w), after every call. */
        default void predicted(Tensor clean) {}
    }

    /** How often the denoiser is called for one picture. */
    public int calls() {
        return request.given().isEmpty()
                ? request.sampling().sampler(process).calls()
                : stepwise().calls();
    }

    private StepwiseSampler stepwise() {
        return request.sampling().sampler(process, request.given().orElseThrow().strength(), shortening);
    }

    /**
     * The latents that a noise becomes.
     *
     * @param seen the given picture; null where the request has none
     * @param noise standard normal, (N, L, h, w)
     * @return (N, L, h, w), in the caller's scope
     */
    public Tensor latents(Network network, SeenPicture seen, Tensor noise, Rng rng) {
        SamplingSettings how = request.sampling();
        Clip clip = how.before();
        boolean guided = network.guided();
        Denoiser plain = process.denoiser(
                (x, times) -> network.of(SeenPicture.beside(seen, x), times), guided ? Clip.NONE : clip);
        Denoiser denoiser = (guided ? new Guidance(plain, how.guidance(), clip) : plain).telling(network::predicted);
        if (seen == null) {
            Sampler sampler = how.sampler(process);
            return Scope.inference(() -> sampler.sample(denoiser, noise, rng));
        }
        StepwiseSampler sampler = stepwise();
        boolean whole = seen.hole() != null && request.given().orElseThrow().strength() == 1;
        return Scope.inference(() -> {
            Tensor x = whole
                    ? Tensors.scale(sampler.start(), noise)
                    : Tensors.combine(
                            sampler.first().signal(),
                            seen.clean(),
                            sampler.first().noise(),
                            noise);
            return sampler.proceed(denoiser, x, rng, seen.known(noise)); // (N, L, h, w)
        });
    }

    /** A denoiser with what it is told and what steers it, which tells how often it was called. */
    record Evaluations(LatentUNet network, Conditions conditions, Controls controls, Watched watched)
            implements Network {
        @Override
        public boolean guided() {
            return conditions.guided();
        }

        @Override
        public void predicted(Tensor clean) {
            watched.predicted(clean);
        }

        @Override
        public Tensor of(Tensor x, Tensor times) {
            Told told = conditions.rows((int) x.size(0));
            long call = watched.done();
            Tensor latents =
                    x.narrow(1, 0, network.config().out()); // without what denoisers for holes are told besides
            return network.forward(watched.at(x), times, told, controls.steering(call, latents, times, told, guided()));
        }
    }
}
