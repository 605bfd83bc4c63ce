package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Noising;
import dev.calotype.model.dit.DitFootprint;
import dev.calotype.model.dit.LatentTransformer;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A pipeline of Stable Diffusion 3, which learns by rectified flow (Esser et al. 2024). */
record TunableTransformer(JointPipeline model) implements TunablePipeline {
    private static final int TOKENS = 77 + JointTexts.ROW;

    @Override
    public PipelineFiles files() {
        return model.folder();
    }

    @Override
    public List<String> layers() {
        return List.of("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out");
    }

    @Override
    public Map<String, long[]> shapes() throws IOException {
        Map<String, long[]> shapes = Frozen.shapes(files().network(files().denoiser()));
        shapes.keySet().removeIf(name -> !DiffusersTransformer.isAdaptable(name, model.shape()));
        return shapes;
    }

    @Override
    public Frozen<LatentTransformer> read(Placement placement) throws IOException {
        Supplier<LatentTransformer> blank = () -> new LatentTransformer(model.shape());
        LatentTransformer network = Blank.make(blank);
        DiffusersTransformer.readInto(network, files().network(files().denoiser()), placement.precision());
        return new Frozen<>(
                files().denoiser(),
                blank,
                LayerPlace::ofTransformer,
                shapes(),
                placement.device().move(network));
    }

    @Override
    public void require(PipelineExperiment experiment) {
        Tuning tune = experiment.training().tune();
        Check.that(
                tune.method().factored(),
                "training.tune.method must be lora or dora with Stable Diffusion 3",
                Kebab.of(tune.method()));
        Check.that(
                tune.whole().isEmpty(),
                "training.tune.whole must be empty with Stable Diffusion 3, which learns in factors alone",
                tune.whole());
        Check.that(
                !experiment.texts().asked(),
                "texts.encoders must be frozen and texts.word.token empty with Stable Diffusion 3",
                files().path());
        double gamma = experiment.noise().minSnrGamma();
        Check.that(
                gamma == 0,
                "noise.minSnrGamma must be 0 with Stable Diffusion 3, whose levels are as often seen as they count",
                gamma);
    }

    @Override
    public Noising noising(NoiseSettings settings) {
        return model.schedule();
    }

    @Override
    public long step(int size, Policy policy) {
        long side = size / model.unit();
        return DitFootprint.step(model.shape(), side * side + TOKENS, policy);
    }
}
