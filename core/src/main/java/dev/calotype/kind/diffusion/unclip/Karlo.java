package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.latent.DiffusersTextProjection;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Shortening;
import dev.calotype.kind.diffusion.pipeline.Drawing;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.Sides;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.unclip.TextProjection;
import dev.calotype.model.unclip.UnclipUNet;
import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.model.unclip.UnclipUNetConfig;
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
 * Karlo, unCLIP as its authors have it: a prior makes a vector of a picture out of a text, a decoder that is told of both draws it small, and
 * two more networks make it large. The folder of its variations has an image encoder in place of the prior.
 */
final class Karlo implements TextPipeline {
    private static final double USUAL_GUIDANCE = 8;
    private static final int USUAL_STEPS = 25, USUAL_SIDE = 64;

    /** The stream of noise of what makes pictures large; others are those of {@link Kandinsky}. */
    private static final int OF_ENLARGING = 4;

    private final UnclipFolder folder;
    private final VectorPrior prior; // null where vectors are those of given pictures
    private final TextProjection.Config projection;
    private final UnclipDenoiser decoder;
    private final Enlarging enlarging;
    private final Sides sides;

    private Karlo(
            UnclipFolder folder,
            VectorPrior prior,
            TextProjection.Config projection,
            UnclipDenoiser decoder,
            Enlarging enlarging,
            int small) {
        this.folder = folder;
        this.prior = prior;
        this.projection = projection;
        this.decoder = decoder;
        this.enlarging = enlarging;
        int side = enlarging.factor() * small,
                unit = enlarging.factor() * decoder.config().coarsest();
        int all = enlarging.coarsest(); // a power of 2
        while (unit % all != 0) unit *= 2;
        sides = new Sides(side, side, unit);
    }

    /**
     * Opens it.
     *
     * @throws IOException if parts are missing (all are named), have settings that are not honoured, or do not fit together
     */
    static Karlo open(UnclipFolder folder) throws IOException {
        folder.requireComplete();
        UnclipDenoiser decoder =
                UnclipDenoiser.open(folder, "decoder", "decoder_scheduler", USUAL_GUIDANCE, USUAL_STEPS);
        UnclipUNetConfig shape = decoder.config();
        TextProjection.Config projection = DiffusersTextProjection.config(folder.network("text_proj"));
        if (shape.heard() != null)
            throw new IOException(folder.path() + ": class_embed_type of its decoder must be \"identity\": null");
        if (projection.tokens() != shape.tokens() || projection.embedding() != shape.embedding())
            throw new IOException(folder.path() + ": its text_proj makes tokens of " + projection.tokens()
                    + " values and adds " + projection.embedding() + ", and its decoder wants " + shape.tokens()
                    + " and "
                    + shape.embedding());
        VectorPrior prior = folder.parts().containsKey("prior") ? VectorPrior.open(folder) : null;
        if (prior != null && prior.width() != projection.vector())
            throw new IOException(folder.path() + ": its prior makes vectors of " + prior.width()
                    + " values, and its text_proj wants " + projection.vector());
        int small = folder.network("decoder").config().path("sample_size").asInt(USUAL_SIDE);
        return new Karlo(folder, prior, projection, decoder, Enlarging.open(folder, small), small);
    }

    @Override
    public String type() {
        return folder.type();
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>(decoder.scheduled().notes());
        if (prior != null) notes.addAll(prior.notes());
        notes.addAll(enlarging.scheduled().notes());
        return notes;
    }

    @Override
    public int[] size() {
        return sides.usual();
    }

    @Override
    public int[] size(Picture given) {
        return sides.usual();
    }

    @Override
    public void requireSize(int width, int height) {
        sides.require(width, height);
    }

    SamplingSettings settings(Map<String, String> asked) {
        Map<String, String> own = Enlarging.others(asked);
        return decoder.scheduled().with(prior == null ? own : VectorPrior.others(own));
    }

    @Override
    public String sampling(Map<String, String> asked) {
        String own = settings(asked) + "; " + enlarging.said(asked);
        return prior == null ? own : own + "; " + prior.said(asked);
    }

    @Override
    public void require(Wishes wishes) {
        if (prior == null)
            throw new IllegalArgumentException(
                    folder.path() + " draws variations of a picture, and knows no texts: ask it for variations");
        Unasked.require(wishes);
        if (wishes.given().isPresent())
            throw new IllegalArgumentException(
                    "Karlo draws from noise alone: a picture to begin with would do nothing");
        request(wishes);
    }

    @Override
    public List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException {
        for (Wanted one : wanted) require(one.wishes());
        return AskedPicture.apart(
                wanted,
                this::request,
                (some, asked, place) -> draw(
                        some, place, asked, placement, watcher, notes -> told(some, asked, placement, watcher, notes)));
    }

    ImageRequest request(Wishes wishes) {
        ImageRequest request = ImageRequest.of(wishes, settings(wishes.sampling()), sides.unit());
        requireSize(request.canvas().fullWidth(), request.canvas().fullHeight());
        return request;
    }

    @Override
    public Drawn vary(Picture picture, Wishes wishes, int count, Placement placement, Progress progress)
            throws IOException {
        if (prior != null)
            throw new IllegalArgumentException(folder.path() + " has no image encoder: name the folder of Karlo's"
                    + " variations (UnCLIPImageVariationPipeline), which has one");
        Unasked.requireOfVariations(wishes);
        List<AskedPicture> asked = AskedPicture.of(Wanted.first(wishes, count), this::request);
        return Drawn.of(draw(asked, 0, wishes.sampling(), placement, Watcher.of(progress), notes -> {
            Text nothing = texts(List.of(""), placement, notes).get(0);
            Tensor vector = PictureVectors.of(folder, picture, projection.vector(), placement); // (1, E)
            boolean guided = settings(wishes.sampling()).guidance() > 1;
            return told(vector.expand(count, -1), nothing, guided ? nothing : null, placement);
        }));
    }

    private interface Telling {
        List<Told[]> of(List<String> notes) throws IOException;
    }

    private List<Painted> draw(
            List<AskedPicture> some,
            int place,
            Map<String, String> asked,
            Placement placement,
            Watcher watcher,
            Telling telling)
            throws IOException {
        List<String> notes = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> small = small(some, place, telling.of(notes), placement, watcher);
            List<Painted> painted = new ArrayList<>();
            for (Tensor large : enlarged(some, small, asked, placement, watcher))
                painted.add(new Painted(Images.pictures(large.cpu()).get(0), notes));
            return painted;
        }
    }

    private List<Text> texts(List<String> texts, Placement placement, List<String> notes) throws IOException {
        return TextVectors.read(folder, texts, projection.vector(), placement, notes);
    }

    /** What the decoder is told of each picture: of what is wanted, and of what is not, null where nothing guides. */
    List<Told[]> told(
            List<AskedPicture> some,
            Map<String, String> asked,
            Placement placement,
            Progress progress,
            List<String> notes)
            throws IOException {
        ImageRequest request = some.get(0).request();
        Prompt prompt = request.prompt();
        List<Text> texts = texts(List.of(prompt.text(), prompt.negative().orElse("")), placement, notes);
        Tensor vectors = vectors(texts.get(0), texts.get(1), some, asked, placement, progress);
        return told(vectors, texts.get(0), request.sampling().guidance() > 1 ? texts.get(1) : null, placement);
    }

    /** Vectors of pictures that show what a text says, (N, E). */
    Tensor vectors(
            Text wanted,
            Text unwanted,
            List<AskedPicture> some,
            Map<String, String> asked,
            Placement placement,
            Progress progress)
            throws IOException {
        Map<String, String> own = Enlarging.others(asked);
        Watched watched = new Watched("vectors", progress, (long) some.size() * prior.calls(own));
        List<Tensor> rows = new ArrayList<>();
        try (VectorPrior.Opened opened = prior.read(own, placement)) {
            for (AskedPicture one : some) {
                Rng rng = one.noise().fork(Kandinsky.OF_PRIOR);
                rows.add(opened.vector(wanted, unwanted, rng, placement, watched)); // (1, E)
            }
        }
        return Tensors.cat(0, rows.toArray(Tensor[]::new)); // (N, E)
    }

    private List<Told[]> told(Tensor vectors, Text wanted, Text unwanted, Placement placement) throws IOException {
        try (Scope.Owned<TextProjection> owned =
                DiffusersTextProjection.read(folder.network("text_proj"), placement.precision())) {
            TextProjection network = placement.device().move(owned.value());
            Told none = unwanted == null ? null : network.told(network.nothing(), unwanted.vector(), unwanted.tokens());
            List<Told[]> told = new ArrayList<>();
            for (int i = 0; i < vectors.size(0); i++)
                told.add(new Told[] {network.told(vectors.narrow(0, i, 1), wanted.vector(), wanted.tokens()), none});
            return told;
        }
    }

    /** Small pictures, (1, C, h, w) each, in [-1, 1]. */
    List<Tensor> small(List<AskedPicture> some, int place, List<Told[]> told, Placement placement, Watcher watcher)
            throws IOException {
        ImageRequest request = some.get(0).request();
        Drawing drawing = new Drawing(decoder.scheduled().process(), Shortening.FEWER_STEPS, request);
        Watched watched = new Watched(watcher, some.size(), drawing.calls(), Preview.ofPictures(watcher));
        int height = request.canvas().fullHeight() / enlarging.factor();
        int width = request.canvas().fullWidth() / enlarging.factor();
        List<Tensor> small = new ArrayList<>();
        try (Scope.Owned<UnclipUNet> network = decoder.read(placement)) {
            for (int i = 0; i < told.size(); i++) {
                watched.begin(place + i);
                Rng rng = some.get(i).noise();
                Tensor noise =
                        placement.device().move(rng.normal(1, decoder.config().in(), height, width)); // (1, C, h, w)
                Told[] own = told.get(i);
                Drawing.Network evaluated = decoder.network(network.value(), own[0], own[1], watched);
                small.add(Tensors.clip(drawing.latents(evaluated, null, noise, rng))); // (1, C, h, w)
            }
        }
        return small;
    }

    /** The same pictures, large. */
    List<Tensor> enlarged(
            List<AskedPicture> some,
            List<Tensor> small,
            Map<String, String> asked,
            Placement placement,
            Progress progress)
            throws IOException {
        SamplingSettings how = enlarging.settings(asked);
        Watched watched = new Watched("enlarging", progress, (long) small.size() * how.steps());
        List<Rng> streams = new ArrayList<>();
        for (AskedPicture one : some) streams.add(one.noise().fork(OF_ENLARGING));
        return enlarging.enlarged(small, streams, how, placement, watched);
    }
}
