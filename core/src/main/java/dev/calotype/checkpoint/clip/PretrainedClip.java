package dev.calotype.checkpoint.clip;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.io.Reason;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Module;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encoders of pictures and texts that others trained.
 *
 * @param network owned by the caller, who closes it
 * @param pixels what the image encoder wants pictures to be
 * @param framing how pictures become squares
 * @param cleaning what is done to texts before a tokenizer gets them, if anything: {@code whitespace}, {@code lower} or {@code
 *     canonicalize} of open_clip
 */
public record PretrainedClip(
        Scope.Owned<Clip> network, Standardization pixels, Framing framing, Optional<String> cleaning)
        implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PretrainedClip.class);
    private static final List<String> TRANSFORMERS = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");
    private static final Pattern TEXT_MATRIX = Pattern.compile(
            "(text_model\\.)?encoder\\.layers\\.\\d+\\.(self_attn\\.([qkv]|out)_proj|mlp\\.fc[12])\\.weight");
    private static final List<String> OPEN_CLIP = List.of("open_clip_model.safetensors", "open_clip_pytorch_model.bin");

    /** A file of weights and what it does not say itself. */
    private record Source(Path file, ClipConfig config) {}

    /**
     * Opens a folder of a {@code CLIPModel} or {@code SiglipModel} of transformers, or of an open_clip model; or a file with
     * OpenAI's names. A file that has no {@code open_clip_config.json} beside it is taken as OpenAI's, with its approximation of
     * GELU.
     *
     * @throws IOException if there is none, it is damaged, or ours cannot be such a network; the message says why
     */
    public static PretrainedClip open(Path path) throws IOException {
        Source source = source(path);
        Map<String, StoredTensor> weights = weights(source);
        Clip.Config config = new ClipShape(weights, source.config).clip();
        return new PretrainedClip(
                loaded(() -> new Clip(config), weights, Precision.FP32, source.file),
                source.config.pixels(),
                source.config.framing(),
                source.config.cleaning());
    }

    /**
     * Opens the text encoder alone: of any of these, or of the folder of a {@code CLIPTextModel} or {@code
     * CLIPTextModelWithProjection}, whose weights have the prefix {@code text_model.} or not. A projection is left out.
     *
     * @throws IOException as {@link #open}
     */
    public static Scope.Owned<TextTransformer> text(Path path) throws IOException {
        return textTower(path, Precision.FP32).network();
    }

    /**
     * A text encoder as diffusion models of words have it.
     *
     * @param network owned by the caller
     * @param projection what what it pools is multiplied by, (E, D); null where there is none
     */
    public record TextTower(Scope.Owned<TextTransformer> network, StoredTensor projection) implements AutoCloseable {
        @Override
        public void close() {
            network.close();
        }
    }

    /**
     * Opens the text encoder of {@link #text} in a precision of its own, with the projection.
     *
     * @throws IOException as {@link #open}
     */
    public static TextTower textTower(Path path, Precision precision) throws IOException {
        Source source = source(path);
        return textTower(source, weights(source), precision);
    }

    /**
     * Opens the text encoder of a {@code CLIPTextModel} or {@code CLIPTextModelWithProjection} from whatever place.
     *
     * @throws IOException as {@link #open}
     */
    public static TextTower textTower(StoredNetwork stored, Precision precision) throws IOException {
        Source source = new Source(stored.path(), ClipConfig.transformers(stored.source(), stored.config()));
        return textTower(source, ours(stored.weights(), source.file), precision);
    }

    private static TextTower textTower(Source source, Map<String, StoredTensor> weights, Precision precision)
            throws IOException {
        TextTransformer.Config config = new ClipShape(weights, source.config).text();
        return new TextTower(
                loaded(() -> new TextTransformer(config), ownOf(weights, "text."), precision, source.file),
                weights.get("text_projection.weight"));
    }

    /** Where a matrix of a block of a text encoder that transformers calls so stands in ours; empty if it is another weight. */
    public static Optional<LayerPlace> textPlace(String theirs) {
        return TEXT_MATRIX.matcher(theirs).matches() ? Optional.of(ClipNames.ofText(theirs)) : Optional.empty();
    }

    /**
     * An image encoder alone.
     *
     * @param network owned by the caller
     * @param projection what its features are multiplied by, (E, D)
     * @param side of the pictures that it takes, in pixels
     * @param pixels what it wants pictures to be
     * @param framing how pictures become squares
     */
    public record ImageTower(
            Scope.Owned<VisionTransformer> network,
            StoredTensor projection,
            int side,
            Standardization pixels,
            Framing framing)
            implements AutoCloseable {
        @Override
        public void close() {
            network.close();
        }
    }

    /**
     * Opens the image encoder of a {@code CLIPVisionModelWithProjection}.
     *
     * @param preprocessor the {@code preprocessor_config.json}, which need not exist
     * @throws IOException as {@link #open}, or if there is no projection
     */
    public static ImageTower imageTower(StoredNetwork stored, Path preprocessor, Precision precision)
            throws IOException {
        Source source =
                new Source(stored.path(), ClipConfig.transformers(stored.source(), stored.config(), preprocessor));
        Map<String, StoredTensor> weights = ours(stored.weights(), source.file);
        ClipShape.Image image = new ClipShape(weights, source.config).image();
        StoredTensor projection = weights.get("visual_projection.weight");
        if (projection == null
                || projection.dim() != 2
                || projection.size(1) != image.config().width())
            throw new IOException(source.file + ": the image encoder has no visual_projection.weight of "
                    + image.config().width() + " columns");
        return new ImageTower(
                loaded(
                        () -> new VisionTransformer(image.config(), image.ports(), image.variant()),
                        ownOf(weights, "visual."),
                        precision,
                        source.file),
                projection,
                image.ports().size(),
                source.config.pixels(),
                source.config.framing());
    }

    private static Map<String, StoredTensor> ownOf(Map<String, StoredTensor> weights, String tower) {
        Map<String, StoredTensor> own = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> {
            if (name.startsWith(tower)) own.put(name.substring(tower.length()), tensor);
        });
        return own;
    }

    private static Source source(Path path) throws IOException {
        Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        boolean openClip = Files.isRegularFile(folder.resolve("open_clip_config.json"));
        if (!Files.isDirectory(path)) {
            if (!Files.isRegularFile(path)) throw new IOException("there is no file or folder " + path);
            if (openClip) return new Source(path, ClipConfig.openClip(folder.resolve("open_clip_config.json")));
            LOG.info("{} has no open_clip_config.json beside it: read as one of OpenAI's, with quick_gelu", path);
            return new Source(path, ClipConfig.openAi(path));
        }
        for (String name : openClip ? OPEN_CLIP : TRANSFORMERS)
            if (Files.isRegularFile(folder.resolve(name)))
                return new Source(
                        folder.resolve(name),
                        openClip
                                ? ClipConfig.openClip(folder.resolve("open_clip_config.json"))
                                : ClipConfig.transformers(folder.resolve("config.json")));
        Path variant = openClip ? null : variant(folder);
        if (variant != null) return new Source(variant, ClipConfig.transformers(folder.resolve("config.json")));
        throw new IOException(path + " holds none of " + String.join(", ", openClip ? OPEN_CLIP : TRANSFORMERS));
    }

    /** Weights of another precision, as diffusers names them; null if there are none. */
    private static Path variant(Path folder) {
        for (String stem : List.of("model", "pytorch_model"))
            try {
                return new WeightFolder(folder, stem).find();
            } catch (IOException e) {
                LOG.debug("{} has no weights called {}", folder, stem);
            }
        return null;
    }

    private static Map<String, StoredTensor> weights(Source source) throws IOException {
        return ours(WeightFile.stored(source.file), source.file);
    }

    private static Map<String, StoredTensor> ours(Map<String, StoredTensor> theirs, Path file) throws IOException {
        boolean flat = theirs.containsKey("embeddings.token_embedding.weight");
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> named.put(
                flat && name.matches("(embeddings|encoder|final_layer_norm|head)\\..*") ? "text_model." + name : name,
                tensor));
        try {
            return ClipNames.toOurs(named);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + Reason.of(e), e);
        }
    }

    private static <M extends Module> Scope.Owned<M> loaded(
            Supplier<M> fresh, Map<String, StoredTensor> weights, Precision precision, Path file) throws IOException {
        try {
            return Weights.loaded(fresh, weights, precision);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + Reason.of(e), e);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
