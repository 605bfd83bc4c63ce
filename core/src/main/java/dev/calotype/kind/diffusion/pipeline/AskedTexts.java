package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.checkpoint.clip.PretrainedClip.TextTower;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.kind.diffusion.pipeline.TextSettings.Encoders;
import dev.calotype.kind.diffusion.pipeline.TextSettings.WordSettings;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Texts whose meaning changes while it is learned: of which a word is learned (textual inversion, Gal et al. 2022), or whose encoders
 * are. Their tokens are known, and the text encoders are asked in every step.
 *
 * @param towers text encoders in their order
 * @param zeros whether nothing told is zeros
 */
record AskedTexts(List<Tower> towers, boolean zeros, boolean xl, int size, Placement placement) implements KnownTexts {
    private static final Logger LOG = LoggerFactory.getLogger(AskedTexts.class);
    private static final String TABLE = "token_embedding.weight";

    /**
     * A text encoder.
     *
     * @param shapes of its matrices that can have factors, by the names of transformers; empty where it stays as it is
     * @param ids of all texts, int64 (T, K)
     * @param projection (D, P) or null
     */
    record Tower(String part, TextTransformer network, Map<String, long[]> shapes, Tensor ids, Tensor projection) {}

    /**
     * What the vectors of a word begin as, by the text encoder, fp32 (n, W) in the caller's scope.
     *
     * @throws IllegalArgumentException if it begins as no word of the vocabulary
     */
    static Map<String, Tensor> begun(PipelineFiles files, WordSettings word) throws IOException {
        Map<String, Tensor> begun = new TreeMap<>();
        for (String part : parts(files)) {
            if (!word.used()) continue;
            try (Words words = files.words(part.replace("text_encoder", "tokenizer"))) {
                StoredTensor table = files.network(part).weights().entrySet().stream()
                        .filter(each -> each.getKey().endsWith(TABLE))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElseThrow(() -> new IOException(files.path() + ": " + part + " has no table of tokens"));
                Tensor row = table.rows(words.id(word.begins()), 1).read().to(ScalarType.Float); // (1, W)
                begun.put(part, row.repeat(word.vectors(), 1)); // (n, W)
            }
        }
        return begun;
    }

    /** The text encoders of a pipeline. */
    static List<String> parts(PipelineFiles files) {
        return Stream.of("text_encoder", "text_encoder_2").filter(files::has).toList();
    }

    /** The shapes of the matrices of a text encoder that can have factors, by the names of transformers. */
    static Map<String, long[]> shapes(StoredNetwork stored) throws IOException {
        Map<String, long[]> shapes = Frozen.shapes(stored);
        shapes.keySet().removeIf(name -> PretrainedClip.textPlace(name).isEmpty());
        return shapes;
    }

    /** A pipeline whose tokenizers and text encoders know the word. */
    static PipelineFiles knowing(PipelineFiles files, WordSettings word, Map<String, Tensor> begun) throws IOException {
        Map<String, StoredTensor> vectors = new TreeMap<>();
        begun.forEach((part, rows) -> vectors.put(part, StoredTensor.of(rows)));
        return AdaptedFiles.with(files, new LearnedWord(word.token(), vectors));
    }

    /** Throws IOException if the word that is to be learned is in none of the texts. */
    static void requireTold(List<String> texts, WordSettings word) throws IOException {
        if (texts.stream().noneMatch(text -> text.toLowerCase(Locale.ROOT)
                .contains(word.token().toLowerCase(Locale.ROOT))))
            throw new IOException(
                    "no picture is told the word " + word.token()
                            + " that is to be learned: write it into the captions; texts.prompt is told of pictures without one alone");
    }

    /**
     * Reads the text encoders of a pipeline that knows the word, in the caller's scope.
     *
     * @param encoders whether they learn
     * @param texts whose first is the empty one; what an encoder does not read at once is cut
     * @throws IOException if they cannot be read
     */
    static AskedTexts read(PipelineFiles files, Encoders encoders, List<String> texts, int size, Placement placement)
            throws IOException {
        List<Tower> towers = new ArrayList<>();
        for (String part : parts(files)) towers.add(tower(files, part, encoders, texts, placement));
        return new AskedTexts(towers, files.xl() && files.zeros(), files.xl(), size, placement);
    }

    private static Tower tower(
            PipelineFiles files, String part, Encoders encoders, List<String> texts, Placement placement)
            throws IOException {
        StoredNetwork stored = files.network(part);
        try (Words words = files.words(part.replace("text_encoder", "tokenizer"))) {
            TextTower read = PretrainedClip.textTower(stored, placement.precision());
            TextTransformer network = placement.device().move(read.network().value());
            Tensors.parameters(network).values().forEach(weight -> weight.requires_grad_(false));
            List<Tensor> rows = new ArrayList<>();
            int cut = 0;
            for (String text : texts) {
                Tokens tokens = words.plain(text, network.config().context());
                cut += tokens.cut();
                rows.add(ClipEncoder.ids(tokens)); // (1, K)
            }
            if (cut > 0)
                LOG.warn(
                        "of the captions: {} are longer than {} reads at once, {} tokens, and are cut",
                        cut,
                        part,
                        network.config().context());
            Tensor ids = placement.device().move(Tensors.cat(0, rows.toArray(Tensor[]::new))); // (T, K)
            StoredTensor projection = read.projection();
            return new Tower(
                    part,
                    network,
                    encoders == Encoders.LEARNED ? shapes(stored) : Map.of(),
                    ids,
                    projection == null
                            ? null
                            : placement
                                    .device()
                                    .move(projection.read().to(ScalarType.Float))
                                    .t());
        }
    }

    @Override
    public Told told(Learned network, int[] texts) {
        Tensor rows = placement.device().move(KnownTexts.index(texts)); // (N)
        Tensor[] tokens = new Tensor[towers.size()];
        Tensor pooled = null;
        for (int i = 0; i < tokens.length; i++) {
            Tower tower = towers.get(i);
            States states = network.encoder(tower)
                    .states(
                            tower.ids.index_select(0, rows),
                            xl ? 1 : 0,
                            xl ? Norm.NONE : Norm.LAST,
                            network.words().get(tower.part));
            tokens[i] = states.tokens(); // (N, K, W)
            Tensor vector = states.pooled().to(ScalarType.Float); // (N, D)
            pooled = tower.projection == null ? vector : vector.matmul(tower.projection); // (N, P)
        }
        Tensor all = tokens.length == 1 ? tokens[0] : Tensors.cat(2, tokens); // (N, K, W)
        if (!xl) return Told.of(all);
        if (zeros) {
            Tensor told = Scope.inference(() -> rows.ne(new Scalar(0)).to(ScalarType.Float)); // (N)
            all = all.mul(Tensors.as(told.reshape(-1, 1, 1), all));
            pooled = pooled.mul(told.reshape(-1, 1));
        }
        return new Told(all, pooled, placement.device().move(KnownTexts.sizes(size, texts.length)), null);
    }
}
