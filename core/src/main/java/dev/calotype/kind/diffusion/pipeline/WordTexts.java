package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.checkpoint.clip.PretrainedClip.TextTower;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.kind.diffusion.pipeline.TextSettings.WordSettings;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Texts in which a word is learned (textual inversion, Gal et al. 2022): the text encoders stay, and are asked in every step.
 *
 * @param towers text encoders in their order
 * @param zeros whether nothing told is zeros
 */
record WordTexts(List<Tower> towers, boolean zeros, boolean xl, int size, Placement placement) implements KnownTexts {
    private static final String TABLE = "token_embedding.weight";

    /**
     * A text encoder.
     *
     * @param ids of all texts, int64 (T, K)
     * @param projection (D, P) or null
     */
    record Tower(String part, TextTransformer network, Tensor ids, Tensor projection) {}

    /**
     * What the vectors of a word begin as, by the text encoder, fp32 (n, W) in the caller's scope.
     *
     * @throws IllegalArgumentException if it begins as no word of the vocabulary
     */
    static Map<String, Tensor> begun(PipelineFiles files, WordSettings word) throws IOException {
        Map<String, Tensor> begun = new TreeMap<>();
        for (String part : List.of("text_encoder", "text_encoder_2")) {
            if (!word.used() || !files.has(part)) continue;
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

    /** A pipeline whose tokenizers and text encoders know the word. */
    static TextToImage knowing(TextToImage model, WordSettings word, Map<String, Tensor> begun) throws IOException {
        Map<String, StoredTensor> vectors = new TreeMap<>();
        begun.forEach((part, rows) -> vectors.put(part, StoredTensor.of(rows)));
        return TextToImage.open(AdaptedFiles.with(model.folder(), new LearnedWord(word.token(), vectors)));
    }

    /** Throws IOException if the word that is to be learned is in none of the texts. */
    static void requireTold(List<String> texts, WordSettings word) throws IOException {
        if (texts.stream().noneMatch(text -> text.toLowerCase(Locale.ROOT)
                .contains(word.token().toLowerCase(Locale.ROOT))))
            throw new IOException("no picture is told the word " + word.token()
                    + " that is to be learned: write it into the captions, or into texts.prompt");
    }

    /**
     * Reads the text encoders of a pipeline that knows the word, in the caller's scope.
     *
     * @param texts whose first is the empty one; what an encoder does not read at once is cut
     * @throws IOException if they cannot be read
     */
    static WordTexts read(TextToImage model, List<String> texts, int size, Placement placement) throws IOException {
        PipelineFiles files = model.folder();
        List<Tower> towers = new ArrayList<>();
        for (String part : List.of("text_encoder", "text_encoder_2"))
            if (files.has(part)) towers.add(tower(files, part, texts, placement));
        return new WordTexts(towers, files.xl() && files.zeros(), files.xl(), size, placement);
    }

    private static Tower tower(PipelineFiles files, String part, List<String> texts, Placement placement)
            throws IOException {
        try (Words words = files.words(part.replace("text_encoder", "tokenizer"))) {
            TextTower read = PretrainedClip.textTower(files.network(part), placement.precision());
            TextTransformer network = placement.device().move(read.network().value());
            Tensors.parameters(network).values().forEach(weight -> weight.requires_grad_(false));
            List<Tensor> rows = new ArrayList<>();
            for (String text : texts)
                rows.add(ClipEncoder.ids(words.plain(text, network.config().context()))); // (1, K)
            Tensor ids = placement.device().move(Tensors.cat(0, rows.toArray(Tensor[]::new))); // (T, K)
            StoredTensor projection = read.projection();
            return new Tower(
                    part,
                    network,
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
            States states = tower.network.states(
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
