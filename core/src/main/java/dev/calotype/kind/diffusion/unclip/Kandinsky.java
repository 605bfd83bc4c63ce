package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.kind.diffusion.pipeline.Canvas;
import dev.calotype.kind.diffusion.pipeline.Drawing;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.LatentSpace;
import dev.calotype.kind.diffusion.pipeline.SeenPicture;
import dev.calotype.kind.diffusion.pipeline.Sides;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.unclip.UnclipUNet;
import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.model.unclip.UnclipUNetConfig;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * Kandinsky: a prior makes a vector of a picture out of a text, a denoiser of latents is told of that, in 2.1 of the text too, and MOVQ
 * makes a picture of latents. Opening reads its settings alone; every drawing reads the weights of one part after the other and lets them go.
 */
final class Kandinsky implements TextPipeline {
    private static final double USUAL_GUIDANCE = 4;
    private static final int USUAL_STEPS = 100, USUAL_SIDE = 64;

    /** Streams of noise besides that of the decoder, which is the picture's own. */
    static final int OF_PICTURE = 1, OF_PRIOR = 2, OF_NEGATIVE = 3;

    private final UnclipFolder folder;
    private final VectorPrior prior;
    private final UnclipDenoiser denoiser;
    private final int factor; // by which latents are smaller than pictures, per side
    private final Sides sides;

    private Kandinsky(UnclipFolder folder, VectorPrior prior, UnclipDenoiser denoiser) throws IOException {
        this.folder = folder;
        this.prior = prior;
        this.denoiser = denoiser;
        int levels = folder.network("movq").config().path("block_out_channels").size();
        factor = 1 << Math.min(10, Math.max(0, levels - 1));
        int side = factor * folder.network("unet").config().path("sample_size").asInt(USUAL_SIDE);
        sides = new Sides(side, side, factor * denoiser.config().coarsest());
    }

    /**
     * Opens it.
     *
     * @throws IOException if parts are missing (all are named), have settings that are not honoured, or do not fit together
     */
    static Kandinsky open(UnclipFolder folder) throws IOException {
        folder.requireComplete();
        UnclipDenoiser denoiser = UnclipDenoiser.open(folder, "unet", "scheduler", USUAL_GUIDANCE, USUAL_STEPS);
        VectorPrior prior = VectorPrior.open(folder);
        UnclipUNetConfig.Heard heard = denoiser.config().heard();
        if (heard == null)
            throw new IOException(folder.path() + ": class_embed_type of its unet must be null: \"identity\"");
        if (heard.words() > 0 != Layout.of(folder.type()).isSpoken())
            throw new IOException(folder.path() + ": addition_embed_type of the unet of a " + folder.type()
                    + " must be " + (heard.words() > 0 ? "image: text_image" : "text_image: image"));
        if (prior.width() != heard.picture())
            throw new IOException(folder.path() + ": its prior makes vectors of " + prior.width()
                    + " values, and its denoiser wants " + heard.picture());
        return new Kandinsky(folder, prior, denoiser);
    }

    @Override
    public String type() {
        return folder.type();
    }

    @Override
    public List<String> notes() {
        return Stream.concat(denoiser.scheduled().notes().stream(), prior.notes().stream())
                .toList();
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
    }

    @Override
    public String sampling(Map<String, String> asked) {
        return denoiser.scheduled().with(VectorPrior.others(asked)) + "; " + prior.said(asked);
    }

    @Override
    public void require(Wishes wishes) {
        Unasked.require(wishes);
        drawing(request(wishes)).calls();
    }

    @Override
    public List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException {
        for (Wanted one : wanted) require(one.wishes());
        return AskedPicture.apart(
                wanted,
                this::request,
                (some, asked, place) -> draw(
                        some, place, placement, watcher, notes -> vectors(some, asked, placement, watcher, notes)));
    }

    @Override
    public String varying(Map<String, String> asked) {
        return denoiser.scheduled().with(asked).toString();
    }

    @Override
    public Drawn vary(Picture picture, Wishes wishes, int count, Placement placement, Progress progress)
            throws IOException {
        Unasked.requireOfVariations(wishes);
        boolean guided = denoiser.scheduled().with(wishes.sampling()).guidance() > 1;
        List<AskedPicture> asked = AskedPicture.of(Wanted.first(wishes, count), this::request);
        return Drawn.of(draw(asked, 0, placement, Watcher.of(progress), notes -> {
            Tensor vector = PictureVectors.of(folder, picture, prior.width(), placement); // (1, E)
            return new Vectors(
                    vector.expand(count, -1),
                    guided ? ofNothing(count, placement) : null,
                    spoken(List.of("", ""), placement, notes));
        }));
    }

    private interface Telling {
        Vectors of(List<String> notes) throws IOException;
    }

    private List<Painted> draw(
            List<AskedPicture> some, int place, Placement placement, Watcher watcher, Telling telling)
            throws IOException {
        List<String> notes = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> latents = latents(some, place, telling.of(notes), placement, watcher);
            return LatentSpace.painted(
                    () -> autoencoder(placement), some, Collections.nCopies(some.size(), notes), latents, watcher);
        }
    }

    /** What the denoiser is told of texts; null where it is told none. */
    private List<Text> spoken(List<String> texts, Placement placement, List<String> notes) throws IOException {
        return folder.parts().containsKey("words_encoder")
                ? SpokenTexts.read(folder, texts, denoiser.config().heard(), placement, notes)
                : null;
    }

    /** The vector of nothing, (N, E). */
    private Tensor ofNothing(int count, Placement placement) throws IOException {
        return PictureVectors.ofNothing(folder, prior.width(), placement).expand(count, prior.width());
    }

    ImageRequest request(Wishes wishes) {
        ImageRequest request =
                ImageRequest.of(wishes, denoiser.scheduled().with(VectorPrior.others(wishes.sampling())), sides.unit());
        requireSize(request.canvas().fullWidth(), request.canvas().fullHeight());
        return request;
    }

    /**
     * What pictures are to show, a row for each.
     *
     * @param unwanted what they are not to show; null where nothing guides
     * @param texts what the denoiser is told of the wanted text and of that which is not; null in Kandinsky 2.2, which is told none
     */
    record Vectors(Tensor wanted, Tensor unwanted, List<Text> texts) {}

    /** The vectors of some pictures of one request, in the caller's scope. */
    Vectors vectors(
            List<AskedPicture> some,
            Map<String, String> asked,
            Placement placement,
            Progress progress,
            List<String> notes)
            throws IOException {
        ImageRequest request = some.get(0).request();
        int count = some.size();
        Prompt prompt = request.prompt();
        boolean guided = request.sampling().guidance() > 1;
        String negative = prompt.negative().orElse("");
        List<Text> texts = TextVectors.read(folder, List.of(prompt.text(), negative), prior.width(), placement, notes);
        Text wanted = texts.get(0), unwanted = texts.get(1);
        boolean said = guided && prompt.negative().isPresent();
        List<Tensor> rows = new ArrayList<>(), others = new ArrayList<>();
        Watched watched = new Watched("vectors", progress, (long) count * prior.calls(asked) * (said ? 2 : 1));
        try (VectorPrior.Opened opened = prior.read(asked, placement)) {
            for (AskedPicture one : some) {
                Rng own = one.noise();
                rows.add(opened.vector(wanted, unwanted, own.fork(OF_PRIOR), placement, watched));
                // led away from itself it is where it was
                if (said) others.add(opened.vector(unwanted, unwanted, own.fork(OF_NEGATIVE), placement, watched));
            }
        }
        Tensor none = guided && !said ? ofNothing(count, placement) : null;
        return new Vectors(
                joined(rows), said ? joined(others) : none, spoken(List.of(prompt.text(), negative), placement, notes));
    }

    private static Tensor joined(List<Tensor> rows) {
        return Tensors.cat(0, rows.toArray(Tensor[]::new));
    }

    /** The latents of a picture for each vector, in the caller's scope. */
    List<Tensor> latents(List<AskedPicture> some, int place, Vectors vectors, Placement placement, Watcher watcher)
            throws IOException {
        ImageRequest request = some.get(0).request();
        SeenPicture seen = seen(some, placement);
        Drawing drawing = drawing(request);
        List<Tensor> latents = new ArrayList<>();
        try (Scope.Owned<UnclipUNet> network = denoiser.read(placement);
                Preview preview = new Preview(watcher, () -> autoencoder(placement))) {
            Watched watched = new Watched(watcher, some.size(), drawing.calls(), preview);
            for (int i = 0; i < some.size(); i++) {
                watched.begin(place + i);
                Rng rng = some.get(i).noise();
                Tensor noise = placement.device().move(noise(request.canvas(), rng, 1)); // (1, L, h, w)
                Told wanted = told(network.value(), vectors.wanted().narrow(0, i, 1), vectors.texts(), 0);
                Told unwanted = vectors.unwanted() == null
                        ? null
                        : told(network.value(), vectors.unwanted().narrow(0, i, 1), vectors.texts(), 1);
                Drawing.Network evaluated = denoiser.network(network.value(), wanted, unwanted, watched);
                latents.add(drawing.latents(evaluated, seen == null ? null : seen.rows(i, i + 1), noise, rng));
            }
        }
        return latents;
    }

    private static Told told(UnclipUNet network, Tensor vector, List<Text> texts, int index) {
        if (texts == null) return network.told(vector);
        Text text = texts.get(index);
        return network.told(vector, text.vector(), text.tokens());
    }

    private Drawing drawing(ImageRequest request) {
        return new Drawing(denoiser.scheduled().process(), Shortening.FEWER_STEPS, request);
    }

    private Tensor noise(Canvas canvas, Rng rng, int count) {
        return rng.normal(count, denoiser.config().in(), canvas.fullHeight() / factor, canvas.fullWidth() / factor);
    }

    /** The given picture as latents for some pictures; null if there is none. */
    private SeenPicture seen(List<AskedPicture> some, Placement placement) throws IOException {
        ImageRequest request = some.get(0).request();
        if (request.given().isEmpty()) return null;
        Canvas canvas = request.canvas();
        Rng rng = AskedPicture.rows(some).fork(OF_PICTURE);
        Tensor noise = placement.device().move(noise(canvas, rng, some.size()));
        try (Scope.Owned<? extends Autoencoder> autoencoder = autoencoder(placement)) {
            return SeenPicture.of(autoencoder.value(), canvas, request.given().get(), noise, null);
        }
    }

    private Scope.Owned<? extends Autoencoder> autoencoder(Placement placement) throws IOException {
        Scope.Owned<? extends Autoencoder> owned =
                DiffusersAutoencoder.read(folder.network("movq"), placement.precision());
        if (owned.value() instanceof Module module) placement.device().move(module);
        if (owned.value().latentChannels() == denoiser.config().in()) return owned;
        try (owned) {
            throw new IOException(folder.path() + ": the autoencoder has "
                    + owned.value().latentChannels() + " channels of latents and the denoiser "
                    + denoiser.config().in());
        }
    }
}
