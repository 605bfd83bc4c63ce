package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.kind.diffusion.pipeline.TextReader.Texts;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.model.dit.LatentTransformer;
import dev.calotype.model.dit.LatentTransformerConfig;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.Told;
import dev.calotype.sampling.Euler;
import dev.calotype.sampling.Guidance;
import dev.calotype.sampling.Timetable;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A pipeline of Stable Diffusion 3 or 3.5 as diffusers has it: a transformer that two CLIPs and T5 tell of the text, and rectified flow.
 * As {@link TextToImage} it holds the weights of one part after the other.
 */
final class JointPipeline implements TextPipeline {
    private static final SamplingSettings USUAL =
            new SamplingSettings(Method.EULER, 28, 0, 7, Timetable.USUAL, Clip.NONE);
    private static final int OF_PICTURE = 1, OF_CONTROL = 2; // the streams of noise for their latents

    /** What the denoiser is asked with. */
    record Evaluations(LatentTransformer denoiser, List<Meaning> meanings, JointControls controls, Watched watched) {}

    private final PipelineFiles folder;
    private final LatentTransformerConfig shape;
    private final FlowSchedule schedule;
    private final GaussianDiffusion process;
    private final LatentSpace space;
    private final Sides sides;

    private JointPipeline(PipelineFiles folder, LatentTransformerConfig shape, FlowSchedule schedule)
            throws IOException {
        this.folder = folder;
        this.shape = shape;
        this.schedule = schedule;
        process = new GaussianDiffusion(
                NoiseSchedule.cosine(schedule.chain()), Parameterization.FLOW, Variance.FIXED_SMALL);
        space = new LatentSpace(folder, shape.out());
        int factor = space.factor(),
                side = factor * folder.config("transformer").path("sample_size").asInt(128);
        sides = new Sides(side, side, factor * shape.patch());
    }

    /** @throws IOException if parts of it are missing (all are named), or if it has a setting that is not honoured */
    static JointPipeline open(PipelineFiles folder) throws IOException {
        folder.requireComplete();
        LatentTransformerConfig shape = DiffusersTransformer.config(folder.network("transformer"));
        if (shape.in() != shape.out())
            throw new IOException(folder.path() + ": a denoiser with in_channels " + shape.in() + " and out_channels "
                    + shape.out() + " is told of a picture besides the text, which is not supported");
        try {
            return new JointPipeline(folder, shape, FlowSchedule.read(folder.schedulerConfig()));
        } catch (IOException e) {
            throw new IOException(folder.path() + ": " + e.getMessage(), e);
        }
    }

    PipelineFiles folder() {
        return folder;
    }

    LatentTransformerConfig shape() {
        return shape;
    }

    FlowSchedule schedule() {
        return schedule;
    }

    /** Pixels per side of what is a token. */
    int unit() {
        return sides.unit();
    }

    @Override
    public String type() {
        return folder.type();
    }

    SamplingSettings settings(Map<String, String> asked) {
        SamplingSettings settings = USUAL.with(asked, schedule.chain());
        Check.that(
                settings.method() == Method.EULER && settings.timetable().equals(Timetable.USUAL),
                "the sampler of Stable Diffusion 3 must be euler, with the spacing of its own",
                settings);
        return settings;
    }

    @Override
    public String sampling(Map<String, String> asked) {
        return settings(asked).toString();
    }

    @Override
    public List<String> notes() {
        return folder.notes();
    }

    @Override
    public int[] size() {
        return sides.usual();
    }

    @Override
    public int[] size(Picture given) {
        return sides.of(given);
    }

    @Override
    public void requireSize(int width, int height) {
        sides.require(width, height);
        int most = shape.places() * unit();
        Check.that(width <= most, "width must be at most " + most + ", which the table of positions has", width);
        Check.that(height <= most, "height must be at most " + most + ", which the table of positions has", height);
    }

    @Override
    public int together(Wishes wishes, Placement placement) {
        return space.together(request(wishes).canvas(), placement);
    }

    @Override
    public void require(Wishes wishes) {
        sampler(request(wishes));
    }

    private ImageRequest request(Wishes wishes) {
        ImageRequest request = ImageRequest.of(wishes, settings(wishes.sampling()), sides.unit());
        requireSize(request.canvas().fullWidth(), request.canvas().fullHeight());
        return request;
    }

    @Override
    public List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException {
        List<AskedPicture> asked = AskedPicture.of(wanted, this::request);
        ImageRequest request = asked.get(0).request();
        Canvas canvas = request.canvas();
        List<JointControls.Checked> steering = new ArrayList<>();
        for (Control control : request.controls()) steering.add(checked(control));
        int calls = sampler(request).calls();
        try (PointerScope scope = new PointerScope()) {
            List<TextReader.Read> told = texts(asked, placement);
            List<Integer> ends = AskedPicture.ends(
                    told.stream()
                            .map(one -> one.meanings().get(0).tokens().size(1))
                            .toList(),
                    space.together(canvas, placement));
            Encoded encoded = encoded(asked, steering, placement);
            List<Tensor> latents;
            try (Scope.Owned<LatentTransformer> network = denoiser(placement);
                    JointControls controls = JointControls.read(steering, encoded.steering(), calls, placement);
                    Preview preview = new Preview(watcher, () -> space.autoencoder(placement))) {
                Watched watched = new Watched(watcher, ends.size(), calls, preview);
                latents =
                        space.inParts(asked, ends, encoded.seen(), watched, placement, (from, to, seen, noise, rng) -> {
                            List<Meaning> some = meanings(told.subList(from, to));
                            return latents(
                                    new Evaluations(network.value(), some, controls, watched),
                                    request,
                                    seen,
                                    noise,
                                    rng);
                        });
            }
            return LatentSpace.painted(
                    () -> space.autoencoder(placement),
                    asked,
                    told.stream().map(TextReader.Read::notes).toList(),
                    latents,
                    watcher);
        }
    }

    /** What the texts of each picture mean: of the wanted one, and where it is guided of the one that is not. */
    List<TextReader.Read> texts(List<AskedPicture> asked, Placement placement) throws IOException {
        boolean guided = guided(asked.get(0).request());
        return TextReader.ofEach(
                asked, prompt -> Texts.of(prompt, guided), new JointTexts(folder, shape.tokens(), placement)::read);
    }

    private static boolean guided(ImageRequest request) {
        return request.sampling().guidance() > 1;
    }

    /** Those of some pictures, all wanted ones first. */
    private static List<Meaning> meanings(List<TextReader.Read> some) {
        List<Meaning> meanings = new ArrayList<>();
        for (int i = 0; i < some.get(0).meanings().size(); i++)
            for (TextReader.Read one : some) meanings.add(one.meanings().get(i));
        return meanings;
    }

    /** The steps of a request; from a picture the last of them, whose share is rounded up, as diffusers has it for this family alone. */
    private Euler sampler(ImageRequest request) {
        int steps = request.sampling().steps();
        double strength = request.given().map(GivenPicture::strength).orElse(1.0);
        int skipped = (int) Math.max(steps - Math.min(steps * strength, steps), 0);
        Check.that(skipped < steps, "strength times " + steps + " steps must be at least 1 step", strength);
        return new Euler(schedule.walk(steps).after(skipped), 0, Clip.NONE);
    }

    /**
     * The latents that a noise becomes.
     *
     * @param seen the given picture; null where the request has none
     * @param noise standard normal, (N, L, h, w)
     * @return (N, L, h, w), in the caller's scope
     */
    Tensor latents(Evaluations evaluations, ImageRequest request, SeenPicture seen, Tensor noise, Rng rng) {
        double weight = request.sampling().guidance();
        List<Meaning> meanings = evaluations.meanings;
        Watched watched = evaluations.watched;
        Denoiser plain = process.denoiser(
                (x, times) -> {
                    double sigma = times.select(0, 0).item_double() / schedule.chain();
                    Tensor straight = Tensors.scale(FlowSchedule.scale(sigma), watched.at(x)); // (1 - σ) x₀ + σ ε
                    Told told = told(meanings, (int) x.size(0));
                    List<List<Tensor>> steering = evaluations.controls.steering(
                            watched.done() - 1, evaluations.denoiser, straight, times, told);
                    return evaluations.denoiser.forward(straight, times, told, steering);
                },
                Clip.NONE);
        Denoiser denoiser =
                (guided(request) ? new Guidance(plain, weight, Clip.NONE) : plain).telling(watched::predicted);
        Euler sampler = sampler(request);
        if (seen == null) return sampler.sample(denoiser, noise, rng);
        boolean whole = seen.hole() != null && request.given().orElseThrow().strength() == 1;
        return Scope.inference(() -> {
            Tensor x = whole
                    ? noise
                    : Tensors.combine(
                            sampler.first().signal(),
                            seen.clean(),
                            sampler.first().noise(),
                            noise);
            return sampler.proceed(denoiser, x, rng, seen.known(noise)); // (N, L, h, w)
        });
    }

    /** Of each latent the meaning of its own; of the first half what is wanted, of the second what is not, where these are of all. */
    private static Told told(List<Meaning> meanings, int count) {
        int each = count / meanings.size();
        List<Tensor> tokens = new ArrayList<>(), pooled = new ArrayList<>();
        for (Meaning meaning : meanings)
            for (int i = 0; i < each; i++) {
                tokens.add(meaning.tokens());
                pooled.add(meaning.pooled());
            }
        return new Told(
                Tensors.cat(0, tokens.toArray(Tensor[]::new)),
                Tensors.cat(0, pooled.toArray(Tensor[]::new)),
                null,
                null);
    }

    /**
     * The pictures of a request in latents.
     *
     * @param seen the given one; null where there is none
     * @param steering those that steer
     */
    private record Encoded(SeenPicture seen, List<Tensor> steering) {}

    private Encoded encoded(List<AskedPicture> asked, List<JointControls.Checked> steering, Placement placement)
            throws IOException {
        ImageRequest request = asked.get(0).request();
        if (request.given().isEmpty() && steering.isEmpty()) return new Encoded(null, List.of());
        try (Scope.Owned<? extends Autoencoder> autoencoder = space.autoencoder(placement)) {
            SeenPicture seen = request.given().isEmpty()
                    ? null
                    : SeenPicture.of(asked, some -> seen(some, autoencoder.value(), placement));
            return new Encoded(seen, pictured(steering, request, autoencoder.value(), placement));
        }
    }

    private SeenPicture seen(List<AskedPicture> some, Autoencoder autoencoder, Placement placement) {
        ImageRequest request = some.get(0).request();
        Rng rng = AskedPicture.rows(some).fork(OF_PICTURE);
        Tensor noise = space.noise(request.canvas(), rng, some.size(), placement);
        return SeenPicture.of(autoencoder, request.canvas(), request.given().orElseThrow(), noise, null);
    }

    /** Looks at what steers. */
    JointControls.Checked checked(Control control) throws IOException {
        return JointControls.checked(control, shape);
    }

    private List<Tensor> pictured(
            List<JointControls.Checked> steering, ImageRequest request, Autoencoder autoencoder, Placement placement)
            throws IOException {
        if (steering.isEmpty()) return List.of();
        JsonNode settings = folder.config("vae");
        List<Tensor> pictures = new ArrayList<>();
        for (JointControls.Checked one : steering) {
            Rng rng = Rng.images(request.seed(), 0, 1).fork(OF_CONTROL + pictures.size());
            Tensor noise = space.noise(request.canvas(), rng, 1, placement);
            pictures.add(one.picture(request.canvas(), autoencoder, settings, noise));
        }
        return pictures;
    }

    /** The denoiser, owned by the caller. */
    Scope.Owned<LatentTransformer> denoiser(Placement placement) throws IOException {
        Scope.Owned<LatentTransformer> network =
                DiffusersTransformer.read(folder.network("transformer"), placement.precision());
        placement.device().move(network.value());
        return network;
    }
}
