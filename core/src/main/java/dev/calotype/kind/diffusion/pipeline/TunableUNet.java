package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.Weighting;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Noising;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A pipeline of Stable Diffusion 1, 2 or XL, which learns as in diffusers' scripts for them. */
record TunableUNet(TextToImage model) implements TunablePipeline {
    /** Maps that a backward pass wants of a residual block, and of a transformer block; copies of scores of attention. */
    private static final int RESIDUAL = 12, TRANSFORMER = 34, SCORES = 2;

    private static final int TOKENS = 77;

    /**
     * Opens one.
     *
     * @throws IllegalArgumentException if its denoiser cannot be trained so
     */
    static TunableUNet open(PipelineFiles files) throws IOException {
        TextToImage model = TextToImage.open(files);
        Check.that(
                model.unet().in() == model.unet().out(),
                "a denoiser that is told of a hole is not trained: the pipeline must be of text alone",
                files.path());
        Check.that(
                model.unet().time().guidance() == 0,
                "a distilled denoiser that is told the guidance is not trained: take the pipeline that it was distilled from",
                files.path());
        Check.that(files.has("text_encoder"), "a refiner is not trained: it has no first text encoder", files.path());
        return new TunableUNet(model);
    }

    @Override
    public PipelineFiles files() {
        return model.folder();
    }

    @Override
    public List<String> layers() {
        return List.of("to_q", "to_k", "to_v", "to_out.0");
    }

    @Override
    public Map<String, long[]> shapes() throws IOException {
        return Frozen.shapes(stored());
    }

    private StoredNetwork stored() throws IOException {
        return files().network(files().denoiser());
    }

    @Override
    public Frozen<LatentUNet> read(Placement placement) throws IOException {
        Supplier<LatentUNet> blank = () -> new LatentUNet(model.unet());
        LatentUNet network = Blank.make(blank);
        DiffusersLatentUNet.readInto(network, stored(), placement.precision());
        return new Frozen<>(
                files().denoiser(),
                blank,
                LayerPlace::of,
                shapes(),
                placement.device().move(network));
    }

    @Override
    public void require(PipelineExperiment experiment) {}

    @Override
    public Noising noising(NoiseSettings settings) {
        double gamma = settings.minSnrGamma();
        Weighting weighting = gamma > 0 ? Weighting.minSnr(gamma) : Weighting.uniform();
        return Noising.of(new DiffusionLoss(model.process(), Loss.SIMPLE, weighting));
    }

    @Override
    public long step(int size, Policy policy) {
        return step(model.unet(), size * model.unet().coarsest() / model.unit(), policy);
    }

    /** The values that a step holds of one image of so many latents per side. */
    static long step(LatentUNetConfig unet, int side, Policy policy) {
        long all = 0, inputs = 0, largest = 0;
        List<Level> levels = unet.levels();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            long pixels = (long) (side >> i) * (side >> i);
            long blocks = 2L * level.blocks() + 1;
            long scores = SCORES * level.heads() * pixels * (pixels + TOKENS);
            long block = pixels * level.width() * (RESIDUAL + (long) TRANSFORMER * level.depth());
            long stage = block + level.depth() * scores;
            all += blocks * stage;
            inputs += 2 * blocks * pixels * level.width(); // on the way up with the skip connection
            largest = Math.max(largest, stage);
        }
        return policy == Policy.NEVER ? all : inputs + largest;
    }
}
