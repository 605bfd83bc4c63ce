package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.Told;
import dev.calotype.sampling.Guidance;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.StepwiseSampler;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** How latents become those of a request, out of noise or from a given picture on. */
record Drawing(GaussianDiffusion process, LatentUNetConfig unet, ImageRequest request) {
    /** How often the denoiser is called for one picture. */
    int calls() {
        return request.given().isEmpty()
                ? request.sampling().sampler(process).calls()
                : stepwise().calls();
    }

    /** As diffusers: its pipelines for consistency models take all steps from a picture, and have none for holes. */
    private StepwiseSampler stepwise() {
        GivenPicture given = request.given().orElseThrow();
        boolean same = unet.time().guidance() > 0 && given.hole().isEmpty();
        return request.sampling()
                .sampler(process, given.strength(), same ? Shortening.SAME_STEPS : Shortening.FEWER_STEPS);
    }

    /**
     * The latents that a noise becomes.
     *
     * @param seen the given picture; null where the request has none
     * @param noise standard normal, (N, L, h, w)
     * @return (N, L, h, w), in the caller's scope
     */
    Tensor latents(Evaluations evaluations, SeenPicture seen, Tensor noise, Rng rng) {
        SamplingSettings how = request.sampling();
        Clip clip = how.before();
        boolean guided = evaluations.conditions().guided();
        Denoiser plain = process.denoiser(
                (x, times) -> evaluations.of(SeenPicture.beside(seen, x), times), guided ? Clip.NONE : clip);
        Denoiser denoiser = guided ? new Guidance(plain, how.guidance(), clip) : plain;
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
    record Evaluations(LatentUNet network, Conditions conditions, Controls controls, Watched watched) {
        /** (N, in, h, w) to (N, L, h, w). */
        Tensor of(Tensor x, Tensor times) {
            Told told = conditions.rows((int) x.size(0));
            long call = watched.done();
            Tensor latents =
                    x.narrow(1, 0, network.config().out()); // without what denoisers for holes are told besides
            return network.forward(watched.at(x), times, told, controls.steering(call, latents, times, told));
        }
    }
}
