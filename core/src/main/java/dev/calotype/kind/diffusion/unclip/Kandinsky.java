package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersUnclipUNet;
import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.kind.diffusion.pipeline.Canvas;
import dev.calotype.kind.diffusion.pipeline.Decoding;
import dev.calotype.kind.diffusion.pipeline.Drawing;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.kind.diffusion.pipeline.Scheduled;
import dev.calotype.kind.diffusion.pipeline.SeenPicture;
import dev.calotype.kind.diffusion.pipeline.Sides;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.unclip.UnclipUNet;
import dev.calotype.model.unclip.UnclipUNetConfig;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Kandinsky 2.2: a prior makes a vector of a picture out of a text, a denoiser of latents is told of that alone, and MOVQ makes a picture
 * of latents. Opening reads its settings alone; every drawing reads the weights of one part after the other and lets them go.
 */
final class Kandinsky implements TextPipeline {
    private static final double USUAL_GUIDANCE = 4;
    private static final int USUAL_STEPS = 100, USUAL_SIDE = 64;

    /** Streams of noise besides that of the decoder, which is the picture's own. */
    static final int OF_PICTURE = 1, OF_PRIOR = 2, OF_NEGATIVE = 3;

    private final UnclipFolder folder;
    private final VectorPrior prior;
    private final UnclipUNetConfig unet;
    private final Scheduled scheduled;
    private final int factor; // by which latents are smaller than pictures, per side
    private final Sides sides;

    private Kandinsky(UnclipFolder folder, VectorPrior prior, UnclipUNetConfig unet, Scheduled scheduled)
            throws IOException {
        this.folder = folder;
        this.prior = prior;
        this.unet = unet;
        this.scheduled = scheduled;
        int levels = folder.network("movq").config().path("block_out_channels").size();
        factor = 1 << Math.min(10, Math.max(0, levels - 1));
        int side = factor * folder.network("unet").config().path("sample_size").asInt(USUAL_SIDE);
        sides = new Sides(side, side, factor * unet.coarsest());
    }

    /**
     * Opens it.
     *
     * @throws IOException if parts are missing (all are named), have settings that are not honoured, or do not fit together
     */
    static Kandinsky open(UnclipFolder folder) throws IOException {
        folder.requireComplete();
        UnclipUNetConfig unet = DiffusersUnclipUNet.config(folder.network("unet"));
        VectorPrior prior = VectorPrior.open(folder);
        if (prior.width() != unet.heard().picture())
            throw new IOException(folder.path() + ": its prior makes vectors of " + prior.width()
                    + " values, and its denoiser wants " + unet.heard().picture());
        Scheduled scheduled = Scheduled.of(folder.scheduler("scheduler"), USUAL_GUIDANCE);
        boolean learned = scheduled.process().variance() == Variance.LEARNED_RANGE;
        if (learned && unet.out() != 2 * unet.in())
            throw new IOException(folder.path() + ": variance_type must not be learned_range with a denoiser of "
                    + unet.out() + " channels for " + unet.in());
        int most = scheduled.process().schedule().steps();
        return new Kandinsky(
                folder,
                prior,
                unet,
                new Scheduled(
                        scheduled.process(),
                        scheduled.sampling().with(Map.of("steps", "" + Math.min(USUAL_STEPS, most)), most),
                        scheduled.least(),
                        scheduled.notes()));
    }

    @Override
    public String type() {
        return folder.type();
    }

    @Override
    public List<String> notes() {
        return Stream.concat(scheduled.notes().stream(), prior.notes().stream()).toList();
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
        return scheduled.with(VectorPrior.others(asked)) + "; " + prior.said(asked);
    }

    @Override
    public Drawn draw(Wishes wishes, int count, Placement placement, Progress progress) throws IOException {
        Check.range("n", count, 1, 4096);
        Unasked.require(wishes);
        ImageRequest request = request(wishes);
        Canvas canvas = request.canvas();
        requireSize(canvas.fullWidth(), canvas.fullHeight());
        List<String> notes = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            Vectors vectors = vectors(request, wishes.sampling(), count, placement, progress, notes);
            List<Tensor> latents = latents(request, vectors, placement, progress);
            List<Picture> pictures;
            try (Scope.Owned<? extends Autoencoder> autoencoder = autoencoder(placement)) {
                pictures = Decoding.pictures(autoencoder.value(), latents, progress, notes);
            }
            wishes.given().ifPresent(given -> notes.addAll(canvas.notes(given)));
            return new Drawn(
                    pictures.stream()
                            .map(drawn -> finished(drawn, wishes, canvas))
                            .toList(),
                    notes);
        }
    }

    ImageRequest request(Wishes wishes) {
        return ImageRequest.of(wishes, scheduled.with(VectorPrior.others(wishes.sampling())), sides.unit());
    }

    private static Picture finished(Picture drawn, Wishes wishes, Canvas canvas) {
        if (wishes.given().isEmpty()) return drawn;
        GivenPicture given = wishes.given().get();
        return given.hole()
                .map(hole -> canvas.filled(drawn, given.picture(), hole))
                .orElseGet(() -> canvas.cut(drawn));
    }

    /**
     * What pictures are to show, a row for each.
     *
     * @param unwanted what they are not to show; null where nothing guides
     */
    record Vectors(Tensor wanted, Tensor unwanted) {}

    /** The vectors of {@code count} pictures, in the caller's scope. */
    Vectors vectors(
            ImageRequest request,
            Map<String, String> asked,
            int count,
            Placement placement,
            Progress progress,
            List<String> notes)
            throws IOException {
        Prompt prompt = request.prompt();
        boolean guided = request.sampling().guidance() > 1;
        String negative = prompt.negative().orElse("");
        List<Text> texts = TextVectors.read(folder, List.of(prompt.text(), negative), prior.width(), placement, notes);
        Text wanted = texts.get(0), unwanted = texts.get(1);
        boolean said = guided && prompt.negative().isPresent();
        List<Tensor> rows = new ArrayList<>(), others = new ArrayList<>();
        Watched watched = new Watched("vectors", progress, (long) count * prior.calls(asked) * (said ? 2 : 1));
        Rng root = Rng.of(request.seed());
        try (VectorPrior.Opened opened = prior.read(asked, placement)) {
            for (int i = 0; i < count; i++) {
                Rng own = root.fork(i);
                rows.add(opened.vector(wanted, unwanted, Rng.rows(own.fork(OF_PRIOR)), placement, watched));
                // led away from itself it is where it was
                if (said)
                    others.add(opened.vector(unwanted, unwanted, Rng.rows(own.fork(OF_NEGATIVE)), placement, watched));
            }
        }
        Tensor none = guided && !said ? ofNothing(placement).expand(count, prior.width()) : null;
        return new Vectors(joined(rows), said ? joined(others) : none);
    }

    private static Tensor joined(List<Tensor> rows) {
        return Tensors.cat(0, rows.toArray(Tensor[]::new));
    }

    /** The vector of a picture of zeros as its encoder sees them, which is grey, fp32 (1, E). */
    Tensor ofNothing(Placement placement) throws IOException {
        try (PretrainedClip.ImageTower tower =
                        PretrainedClip.imageTower(folder.network("image_encoder"), placement.precision());
                NoGradGuard guard = new NoGradGuard()) {
            placement.device().move(tower.network().value());
            Tensor projection =
                    placement.device().move(tower.projection().read().to(ScalarType.Float)); // (E, D)
            if (projection.size(0) != prior.width())
                throw new IOException(folder.path() + ": its image encoder makes vectors of " + projection.size(0)
                        + " values, and its prior " + prior.width());
            Tensor zeros = placement.device().zeros(1, 3, tower.side(), tower.side()); // (1, 3, S, S)
            return tower.network().value().features(zeros).matmul(projection.t()); // (1, E)
        }
    }

    /** The latents of a picture for each vector, in the caller's scope. */
    List<Tensor> latents(ImageRequest request, Vectors vectors, Placement placement, Progress progress)
            throws IOException {
        int count = (int) vectors.wanted().size(0);
        SeenPicture seen = seen(request, count, placement);
        Drawing drawing = drawing(request);
        Watched watched = new Watched(progress, (long) count * drawing.calls());
        Rng root = Rng.of(request.seed());
        List<Tensor> latents = new ArrayList<>();
        try (Scope.Owned<UnclipUNet> denoiser = denoiser(placement)) {
            for (int i = 0; i < count; i++) {
                Rng rng = Rng.rows(root.fork(i));
                Tensor noise = placement.device().move(noise(request.canvas(), rng, 1)); // (1, L, h, w)
                Tensor unwanted =
                        vectors.unwanted() == null ? null : vectors.unwanted().narrow(0, i, 1);
                Drawing.Network network =
                        network(denoiser.value(), new Vectors(vectors.wanted().narrow(0, i, 1), unwanted), watched);
                latents.add(drawing.latents(network, seen == null ? null : seen.row(i), noise, rng));
            }
        }
        return latents;
    }

    private Drawing drawing(ImageRequest request) {
        return new Drawing(scheduled.process(), Shortening.FEWER_STEPS, request);
    }

    private Tensor noise(Canvas canvas, Rng rng, int count) {
        return rng.normal(count, unet.in(), canvas.fullHeight() / factor, canvas.fullWidth() / factor);
    }

    /** The denoiser with what it is told of N pictures; a learned variance that nobody asks for is left out. */
    private Drawing.Network network(UnclipUNet denoiser, Vectors vectors, Watched watched) {
        boolean guided = vectors.unwanted() != null;
        UnclipUNet.Told told =
                denoiser.told(guided ? Tensors.cat(0, vectors.wanted(), vectors.unwanted()) : vectors.wanted());
        boolean learned = scheduled.process().variance() == Variance.LEARNED_RANGE;
        return new Drawing.Network() {
            @Override
            public Tensor of(Tensor x, Tensor times) {
                Tensor out = denoiser.forward(watched.at(x), times, told); // (N, L or 2 L, h, w)
                return learned ? out : out.narrow(1, 0, unet.in());
            }

            @Override
            public boolean guided() {
                return guided;
            }
        };
    }

    /** The given picture as latents for {@code count} drawings; null if there is none. */
    private SeenPicture seen(ImageRequest request, int count, Placement placement) throws IOException {
        if (request.given().isEmpty()) return null;
        Canvas canvas = request.canvas();
        Rng rng = Rng.images(request.seed(), 0, count).fork(OF_PICTURE);
        Tensor noise = placement.device().move(noise(canvas, rng, count));
        try (Scope.Owned<? extends Autoencoder> autoencoder = autoencoder(placement)) {
            return SeenPicture.of(autoencoder.value(), canvas, request.given().get(), noise, null);
        }
    }

    private Scope.Owned<UnclipUNet> denoiser(Placement placement) throws IOException {
        Scope.Owned<UnclipUNet> network = DiffusersUnclipUNet.read(folder.network("unet"), placement.precision());
        placement.device().move(network.value());
        return network;
    }

    private Scope.Owned<? extends Autoencoder> autoencoder(Placement placement) throws IOException {
        Scope.Owned<? extends Autoencoder> owned =
                DiffusersAutoencoder.read(folder.network("movq"), placement.precision());
        if (owned.value() instanceof Module module) placement.device().move(module);
        if (owned.value().latentChannels() == unet.in()) return owned;
        try (owned) {
            throw new IOException(folder.path() + ": the autoencoder has "
                    + owned.value().latentChannels() + " channels of latents and the denoiser " + unet.in());
        }
    }
}
