package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.DiffusersScheduler;
import dev.calotype.kind.diffusion.DiffusionKind;
import dev.calotype.kind.diffusion.ProcessSettings;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.sampling.Guidance;
import dev.calotype.settings.Check;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A text-to-image pipeline of diffusers: Stable Diffusion 1, 2 and XL. Opening reads its settings alone; every drawing reads the weights
 * of one part after the other and lets them go, so that the largest part is what it takes.
 */
final class TextToImage implements TextPipeline {
    private static final double XL_GUIDANCE = 5, GUIDANCE = 7.5, DISTILLED_GUIDANCE = 8.5;

    private final PipelineFiles folder;
    private final int factor; // by which latents are smaller than pictures, per side
    private final int[] size;
    private final LatentUNetConfig unet;
    private final GaussianDiffusion process;
    private final SamplingSettings sampling;
    private final List<String> notes;

    private TextToImage(
            PipelineFiles folder,
            LatentUNetConfig unet,
            GaussianDiffusion process,
            SamplingSettings sampling,
            List<String> notes)
            throws IOException {
        this.folder = folder;
        factor = factor(folder);
        size = size(folder, factor);
        this.unet = unet;
        this.process = process;
        this.sampling = sampling;
        this.notes = List.copyOf(notes);
    }

    /**
     * Opens a pipeline.
     *
     * @throws IOException if it is none that is supported, if parts of it are missing (all are named), or if it has a setting that is
     *     not honoured
     */
    static TextToImage open(Path path) throws IOException {
        return open(PipelineFolder.open(path));
    }

    /** The same of a folder whose index is read. */
    static TextToImage open(PipelineFiles folder) throws IOException {
        folder.requireComplete();
        LatentUNetConfig unet = DiffusersLatentUNet.config(folder.network("unet"));
        if (unet.in() != unet.out())
            throw new IOException(folder.path() + ": a denoiser with in_channels " + unet.in() + " and out_channels "
                    + unet.out() + " is told of a picture besides the text, which is not supported");
        DiffusersScheduler scheduler = DiffusersScheduler.read(scheduler(folder), false);
        ObjectNode defaults = Yaml.resource(DiffusionKind.class, "diffusion-defaults.yaml");
        ObjectNode process = (ObjectNode) defaults.get("process"), sampling = (ObjectNode) defaults.get("sampling");
        Yaml.merge(process, scheduler.process());
        Yaml.merge(sampling, scheduler.sampling());
        boolean distilled = unet.time().guidance() > 0;
        sampling.put("guidance", distilled ? DISTILLED_GUIDANCE : folder.xl() ? XL_GUIDANCE : GUIDANCE);
        return new TextToImage(
                folder,
                unet,
                Yaml.value(process, ProcessSettings.class).process(),
                Yaml.value(sampling, SamplingSettings.class),
                Stream.concat(folder.notes().stream(), scheduler.notes().stream())
                        .toList());
    }

    /** Stable Diffusion 1 and 2 neither clip nor begin at step 0, whatever old configs say. */
    private static JsonNode scheduler(PipelineFiles folder) throws IOException {
        JsonNode config = folder.schedulerConfig();
        if (folder.xl() || !(config instanceof ObjectNode object)) return config;
        return object.deepCopy().put("steps_offset", 1).put("clip_sample", false);
    }

    PipelineFiles folder() {
        return folder;
    }

    @Override
    public String type() {
        return folder.type();
    }

    /** How pictures are drawn where nobody says otherwise. */
    SamplingSettings sampling() {
        return sampling;
    }

    SamplingSettings settings(Map<String, String> asked) {
        return sampling.with(asked, process.schedule().steps());
    }

    @Override
    public String sampling(Map<String, String> asked) {
        return settings(asked).toString();
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public int[] size() {
        return size.clone();
    }

    private static int[] size(PipelineFiles folder, int factor) throws IOException {
        JsonNode said = folder.config("unet").path("sample_size");
        int usual = folder.xl() ? 128 : 64;
        int height = said.isArray() ? said.path(0).asInt(usual) : said.asInt(usual);
        int width = said.isArray() ? said.path(1).asInt(usual) : said.asInt(usual);
        return new int[] {factor * width, factor * height};
    }

    private static int factor(PipelineFiles folder) throws IOException {
        int levels = folder.config("vae").path("block_out_channels").size();
        return levels == 0 ? 8 : 1 << Math.min(10, levels - 1); // of a tiny autoencoder 8
    }

    @Override
    public void requireSize(int width, int height) {
        int unit = factor * unet.coarsest();
        side("width", width, unit);
        side("height", height, unit);
    }

    private static void side(String name, int side, int unit) {
        int below = side / unit * unit, above = below + unit;
        Check.that(
                side > 0 && side % unit == 0 && side <= 16_384,
                name + " must be a multiple of " + unit + " up to 16384, and the nearest are "
                        + (below > 0 ? below + " and " + above : "" + above),
                side);
    }

    @Override
    public Drawn draw(Wishes wishes, int count, Placement placement, Progress progress) throws IOException {
        return draw(
                new ImageRequest(
                        wishes.prompt(), settings(wishes.sampling()), wishes.seed(), wishes.width(), wishes.height()),
                count,
                placement,
                progress);
    }

    Drawn draw(ImageRequest request, int count, Placement placement, Progress progress) throws IOException {
        Check.range("n", count, 1, 4096);
        requireSize(request.width(), request.height());
        Rng root = Rng.of(request.seed());
        try (PointerScope scope = new PointerScope()) {
            Conditions conditions = conditions(request, placement);
            List<Tensor> latents = new ArrayList<>();
            try (Scope.Owned<LatentUNet> denoiser = denoiser(placement)) {
                Watched watched = new Watched(progress, (long) count * calls(request));
                for (int i = 0; i < count; i++) {
                    Rng rng = Rng.rows(root.fork(i));
                    Tensor noise = rng.normal(1, unet.out(), request.height() / factor, request.width() / factor);
                    latents.add(latents(denoiser.value(), request, conditions, noise, rng, watched));
                }
            }
            return new Drawn(decoded(latents, placement, progress), conditions.notes());
        }
    }

    private int calls(ImageRequest request) {
        return request.sampling().sampler(process).calls();
    }

    private Scope.Owned<LatentUNet> denoiser(Placement placement) throws IOException {
        Scope.Owned<LatentUNet> network = DiffusersLatentUNet.read(folder.network("unet"), placement.precision());
        placement.device().move(network.value());
        return network;
    }

    /** What the denoiser is told of a request. */
    Conditions conditions(ImageRequest request, Placement placement) throws IOException {
        return Conditions.of(folder, unet, request, placement);
    }

    /**
     * The latents that a noise becomes.
     *
     * @param noise standard normal, (N, L, h, w)
     * @return (N, L, h, w), in the caller's scope
     */
    Tensor latents(
            LatentUNet network, ImageRequest request, Conditions conditions, Tensor noise, Rng rng, Watched watched) {
        SamplingSettings how = request.sampling();
        Clip clip = how.before();
        Denoiser seen = process.denoiser(
                (x, times) -> network.forward(watched.at(x), times, conditions.rows((int) x.size(0))),
                conditions.guided() ? Clip.NONE : clip);
        Denoiser guided = conditions.guided() ? new Guidance(seen, how.guidance(), clip) : seen;
        return Scope.inference(() -> how.sampler(process).sample(guided, noise, rng));
    }

    private List<Picture> decoded(List<Tensor> latents, Placement placement, Progress progress) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        try (Scope.Owned<? extends Autoencoder> owned = folder.autoencoder(placement.precision())) {
            Autoencoder autoencoder = owned.value();
            if (autoencoder instanceof Module module) placement.device().move(module);
            if (autoencoder.latentChannels() != unet.out())
                throw new IOException(folder.path() + ": the autoencoder has " + autoencoder.latentChannels()
                        + " channels of latents and the denoiser " + unet.out());
            for (Tensor some : latents) {
                Scope.run(() ->
                        pictures.addAll(Images.pictures(autoencoder.decode(some).cpu())));
                progress.at("decoding", pictures.size(), latents.size());
            }
        }
        return pictures;
    }
}
