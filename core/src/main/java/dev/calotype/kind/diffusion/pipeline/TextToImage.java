package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.settings.Check;
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
import org.bytedeco.pytorch.Tensor;

/**
 * A text-to-image pipeline of diffusers: Stable Diffusion 1, 2 and XL. Opening reads its settings alone; every drawing reads the weights
 * of one part after the other and lets them go, so that the largest part is what it takes.
 */
final class TextToImage implements TextPipeline {
    private static final double XL_GUIDANCE = 5, GUIDANCE = 7.5, DISTILLED_GUIDANCE = 8.5;

    private static final int OF_PICTURE = 1; // the stream of noise for its latents

    private final PipelineFiles folder;
    private final LatentSpace space;
    private final Sides sides;
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
        space = new LatentSpace(folder, unet.out());
        int[] size = size(folder, space.factor());
        sides = new Sides(size[0], size[1], space.factor() * unet.coarsest());
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
        if (unet.in() != unet.out() && !forHoles(unet))
            throw new IOException(folder.path() + ": a denoiser with in_channels " + unet.in() + " and out_channels "
                    + unet.out() + " is told of a picture besides the text, which is not supported");
        boolean distilled = unet.time().guidance() > 0;
        Scheduled scheduled =
                Scheduled.of(scheduler(folder), distilled ? DISTILLED_GUIDANCE : folder.xl() ? XL_GUIDANCE : GUIDANCE);
        return new TextToImage(
                folder,
                unet,
                scheduled.process(),
                scheduled.sampling(),
                Stream.concat(folder.notes().stream(), scheduled.notes().stream())
                        .toList());
    }

    /** Whether a denoiser was trained to fill holes: it is told of them and of the picture around. */
    private static boolean forHoles(LatentUNetConfig unet) {
        return unet.in() == 2 * unet.out() + 1;
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

    /** The process that its denoiser undoes. */
    GaussianDiffusion process() {
        return process;
    }

    /** The shape of its denoiser. */
    LatentUNetConfig unet() {
        return unet;
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
        return sides.usual();
    }

    private static int[] size(PipelineFiles folder, int factor) throws IOException {
        JsonNode said = folder.config("unet").path("sample_size");
        int usual = folder.xl() ? 128 : 64;
        int height = said.isArray() ? said.path(0).asInt(usual) : said.asInt(usual);
        int width = said.isArray() ? said.path(1).asInt(usual) : said.asInt(usual);
        return new int[] {factor * width, factor * height};
    }

    @Override
    public int[] size(Picture given) {
        return sides.of(given);
    }

    @Override
    public void requireSize(int width, int height) {
        sides.require(width, height);
    }

    /** Of which the sides of what is drawn are multiples. */
    int unit() {
        return sides.unit();
    }

    @Override
    public int together(Wishes wishes, Placement placement) {
        return space.together(request(wishes).canvas(), placement);
    }

    @Override
    public void require(Wishes wishes) {
        drawing(request(wishes)).calls();
    }

    private ImageRequest request(Wishes wishes) {
        wishes.prompt()
                .negative()
                .ifPresent(text -> Check.that(
                        unet.time().guidance() == 0,
                        "a negative text would do nothing in " + folder.path()
                                + ", whose denoiser was distilled to do the guidance itself",
                        text));
        ImageRequest request = ImageRequest.of(wishes, settings(wishes.sampling()), sides.unit());
        requireSize(request.canvas().fullWidth(), request.canvas().fullHeight());
        requireHole(request);
        return request;
    }

    @Override
    public List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException {
        List<AskedPicture> asked = AskedPicture.of(wanted, this::request);
        ImageRequest request = asked.get(0).request();
        Canvas canvas = request.canvas();
        List<Controls.Checked> steering = steering(request);
        Drawing drawing = drawing(request);
        try (PointerScope scope = new PointerScope()) {
            List<Conditions> told = conditions(asked, placement);
            List<Integer> ends = AskedPicture.ends(
                    told.stream().map(one -> one.rows().tokens().size(1)).toList(), space.together(canvas, placement));
            SeenPicture seen = request.given().isEmpty() ? null : seen(asked, placement);
            List<Tensor> latents;
            try (Scope.Owned<LatentUNet> denoiser = denoiser(placement);
                    Controls controls = Controls.read(steering, canvas, drawing.calls(), placement);
                    Preview preview = new Preview(watcher, () -> space.autoencoder(placement))) {
                Watched watched = new Watched(watcher, ends.size(), drawing.calls(), preview);
                latents = space.inParts(asked, ends, seen, watched, placement, (from, to, own, noise, rng) -> {
                    Conditions some = Conditions.beside(told.subList(from, to));
                    var evaluations = new Drawing.Evaluations(denoiser.value(), some, controls, watched);
                    return drawing.latents(evaluations, own, noise, rng);
                });
            }
            return LatentSpace.painted(
                    () -> space.autoencoder(placement),
                    asked,
                    told.stream().map(Conditions::notes).toList(),
                    latents,
                    watcher);
        }
    }

    private void requireHole(ImageRequest request) {
        boolean marked = request.given().flatMap(GivenPicture::hole).isPresent();
        Check.that(
                marked || !forHoles(unet),
                "this pipeline fills holes: it wants a picture and a mask, or a picture with a transparent hole",
                folder.path());
    }

    private SeenPicture seen(List<AskedPicture> asked, Placement placement) throws IOException {
        try (Scope.Owned<? extends Autoencoder> owned = space.autoencoder(placement)) {
            return SeenPicture.of(asked, some -> seen(owned.value(), some, placement));
        }
    }

    private SeenPicture seen(Autoencoder autoencoder, List<AskedPicture> some, Placement placement) {
        ImageRequest request = some.get(0).request();
        Rng rng = AskedPicture.rows(some).fork(OF_PICTURE);
        Tensor noise = space.noise(request.canvas(), rng, some.size(), placement);
        Tensor around = forHoles(unet) ? space.noise(request.canvas(), rng, some.size(), placement) : null;
        return SeenPicture.of(autoencoder, request.canvas(), request.given().orElseThrow(), noise, around);
    }

    private Scope.Owned<LatentUNet> denoiser(Placement placement) throws IOException {
        Scope.Owned<LatentUNet> network = DiffusersLatentUNet.read(folder.network("unet"), placement.precision());
        placement.device().move(network.value());
        return network;
    }

    /** What the denoiser is told of each picture. */
    List<Conditions> conditions(List<AskedPicture> asked, Placement placement) throws IOException {
        return Conditions.of(folder, unet, asked, placement);
    }

    /** What steers a request besides the text, owned by the caller, in the caller's scope. */
    Controls controls(ImageRequest request, int calls, Placement placement) throws IOException {
        return Controls.read(steering(request), request.canvas(), calls, placement);
    }

    private List<Controls.Checked> steering(ImageRequest request) throws IOException {
        List<Controls.Checked> steering = new ArrayList<>();
        for (Control control : request.controls()) steering.add(Controls.checked(control, unet, space.factor()));
        return steering;
    }

    /** How a request is drawn. */
    Drawing drawing(ImageRequest request) {
        boolean hole = request.given().flatMap(GivenPicture::hole).isPresent();
        // as diffusers: its pipelines for consistency models take all steps from a picture, and have none for holes
        boolean same = unet.time().guidance() > 0 && !hole;
        return new Drawing(process, same ? Shortening.SAME_STEPS : Shortening.FEWER_STEPS, request);
    }
}
