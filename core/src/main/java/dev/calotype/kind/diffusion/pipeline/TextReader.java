package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.kind.diffusion.pipeline.Emphasis.Part;
import dev.calotype.kind.diffusion.pipeline.Words.Row;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the text encoders of a pipeline make of its texts. Those of Stable Diffusion 1 and 2 are read at their end, normalised; those of
 * XL before their last block, not normalised, side by side, with a vector of the whole text besides; so are those of Stable Diffusion 3,
 * with both of their vectors.
 */
final class TextReader {
    /**
     * A text as the denoiser wants it, in fp32.
     *
     * @param tokens (1, K, W)
     * @param pooled (1, P); null where there is none
     */
    record Meaning(Tensor tokens, Tensor pooled) {
        /** Zeros, which XL takes for no text. */
        Meaning zeros() {
            return new Meaning(torch.zeros_like(tokens), torch.zeros_like(pooled));
        }
    }

    private static final int MOST_ROWS = 16;

    /** What encoders told, and what they could not read. */
    record Read(List<Meaning> meanings, List<String> notes) {}

    private final PipelineFiles folder;
    private final Placement placement;

    TextReader(PipelineFiles folder, Placement placement) {
        this.folder = folder;
        this.placement = placement;
    }

    /**
     * Texts in the caller's scope, all with the tokens of the longest; every encoder is read, asked and closed before the next.
     *
     * @param skips of each text, how many more blocks are left out
     */
    Read read(List<String> texts, List<Integer> skips) throws IOException {
        return read(texts, skips, true);
    }

    /** Texts in the caller's scope, each read as if it were alone, and so with as many tokens as it needs itself. */
    Read apart(List<String> texts) throws IOException {
        return read(texts, Collections.nCopies(texts.size(), 0), false);
    }

    private Read read(List<String> texts, List<Integer> skips, boolean even) throws IOException {
        List<String> notes = new ArrayList<>();
        List<Meaning> meanings = new ArrayList<>();
        if (folder.xl() && !folder.has("text_encoder")) { // the refiner
            for (States states : states("text_encoder_2", "tokenizer_2", texts, skips, even, notes))
                meanings.add(new Meaning(states.tokens(), states.pooled()));
            return new Read(meanings, notes);
        }
        List<States> first = states("text_encoder", "tokenizer", texts, skips, even, notes);
        if (!folder.xl() && !folder.joint()) {
            for (States states : first) meanings.add(new Meaning(states.tokens(), null));
            return new Read(meanings, notes);
        }
        List<States> second = states("text_encoder_2", "tokenizer_2", texts, skips, even, new ArrayList<>());
        for (int i = 0; i < texts.size(); i++)
            meanings.add(new Meaning(
                    Tensors.cat(2, first.get(i).tokens(), second.get(i).tokens()),
                    folder.joint()
                            ? Tensors.cat(
                                    1, first.get(i).pooled(), second.get(i).pooled())
                            : second.get(i).pooled()));
        return new Read(meanings, notes);
    }

    private List<States> states(
            String encoder, String tokenizer, List<String> texts, List<Integer> skips, boolean even, List<String> notes)
            throws IOException {
        try (Words words = folder.words(tokenizer);
                PretrainedClip.TextTower tower =
                        PretrainedClip.textTower(folder.network(encoder), placement.precision())) {
            TextTransformer network = placement.device().move(tower.network().value());
            int context = network.config().context();
            Tensor projection = projection(tower.projection());
            List<List<Row>> rows = new ArrayList<>();
            for (String text : texts) rows.add(rows(words, text, context, notes));
            int most = !even ? 1 : rows.stream().mapToInt(List::size).max().orElse(1);
            Row empty = words.rows(Emphasis.parts(""), context, 1).get(0);
            List<States> all = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                List<Row> filled = new ArrayList<>(rows.get(i));
                while (filled.size() < most) filled.add(empty);
                int skip = skips.get(i);
                try (NoGradGuard guard = new NoGradGuard()) {
                    Tensor[] parts = Scope.tidyAll(() -> told(network, filled, skip, projection));
                    all.add(new States(parts[0], parts[1]));
                }
            }
            return all;
        }
    }

    private static List<Row> rows(Words words, String text, int context, List<String> notes) {
        List<Part> parts = Emphasis.parts(text);
        List<Row> rows = words.rows(parts, context, MOST_ROWS);
        if (rows.get(rows.size() - 1).tokens().cut() > 0)
            notes.add("The text is longer than " + MOST_ROWS + " times the " + context
                    + " tokens that the text encoder reads: \"" + text + "\" is cut.");
        else if (rows.size() > 1)
            notes.add("The text is longer than the " + context + " tokens that the text encoder reads, and is read in "
                    + rows.size() + " parts.");
        List<String> weights = parts.stream()
                .filter(part -> part.weight() != 1)
                .map(part -> "'" + part.text().strip() + "' weighs " + Math.round(1e4 * part.weight()) / 1e4)
                .toList();
        if (!weights.isEmpty()) notes.add("In the text " + String.join(", ", weights) + ".");
        return rows;
    }

    private Tensor projection(StoredTensor stored) throws IOException {
        return stored == null ? null : placement.device().move(stored.read().to(ScalarType.Float)); // (P, D)
    }

    /** The tokens of all rows one after the other, and the vector of the first. */
    private Tensor[] told(TextTransformer network, List<Row> rows, int skip, Tensor projection) {
        boolean before = folder.xl() || folder.joint(); // its last block
        Tensor[] tokens = new Tensor[rows.size()];
        Tensor first = null;
        for (int i = 0; i < tokens.length; i++) {
            Row row = rows.get(i);
            Tensor ids = placement.device().move(ClipEncoder.ids(row.tokens())); // (1, K)
            States states = network.states(ids, before ? skip + 1 : skip, before ? Norm.NONE : Norm.LAST);
            tokens[i] = weighed(states.tokens().to(ScalarType.Float), row.weights()); // (1, K, W)
            if (i == 0) first = states.pooled().to(ScalarType.Float); // (1, D)
        }
        Tensor all = tokens.length == 1 ? tokens[0] : Tensors.cat(1, tokens); // (1, rows K, W)
        return new Tensor[] {all, projection == null ? first : first.matmul(projection.t())};
    }

    /** Tokens times their weights, and all of them times what gives them the mean that they had. */
    static Tensor weighed(Tensor tokens, float[] weights) {
        if (weights == null) return tokens;
        Tensor weighed = tokens.mul(Tensors.as(Tensors.of(weights, 1, weights.length, 1), tokens)); // (1, K, W)
        double ratio = tokens.mean().item_double() / weighed.mean().item_double();
        return Double.isFinite(ratio) ? Tensors.scale(ratio, weighed) : weighed;
    }
}
