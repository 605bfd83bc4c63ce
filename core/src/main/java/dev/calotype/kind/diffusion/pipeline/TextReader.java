package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.kind.diffusion.pipeline.Emphasis.Part;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.Words.Row;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
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
     * Texts that a denoiser is told at once: all have the tokens of the longest.
     *
     * @param skips of each text, how many more blocks are left out
     */
    record Texts(List<String> texts, List<Integer> skips) {
        /** The text of a prompt, and the negative one where it is wanted; as diffusers what is left out is left out of the text alone. */
        static Texts of(Prompt prompt, boolean both) {
            return both
                    ? new Texts(List.of(prompt.text(), prompt.negative().orElse("")), List.of(prompt.clipSkip(), 0))
                    : new Texts(List.of(prompt.text()), List.of(prompt.clipSkip()));
        }
    }

    /** What an encoder told of some texts. */
    private record Encoded(List<States> states, List<String> notes) {}

    /** Texts in the caller's scope, each as if it were alone, and so with as many tokens as it needs itself. */
    static Read apart(Reading reading, List<String> texts) throws IOException {
        List<Meaning> meanings = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Read one : reading.of(
                texts.stream().map(text -> new Texts(List.of(text), List.of(0))).toList())) {
            meanings.addAll(one.meanings());
            notes.addAll(one.notes());
        }
        return new Read(meanings, notes);
    }

    /** Reads texts. */
    interface Reading {
        List<Read> of(List<Texts> several) throws IOException;
    }

    /** The texts of each picture, of which those of the same prompt are read once. */
    static List<Read> ofEach(List<AskedPicture> asked, Function<Prompt, Texts> texts, Reading reading)
            throws IOException {
        List<Prompt> prompts = asked.stream().map(one -> one.request().prompt()).toList();
        List<Prompt> distinct = prompts.stream().distinct().toList();
        List<Read> read = reading.of(distinct.stream().map(texts).toList());
        return prompts.stream()
                .map(prompt -> read.get(distinct.indexOf(prompt)))
                .toList();
    }

    /** Texts in the caller's scope, those of each as if there were no others; every encoder is read, asked and closed before the next. */
    List<Read> read(List<Texts> several) throws IOException {
        if (folder.xl() && !folder.has("text_encoder")) // the refiner
        return states("text_encoder_2", "tokenizer_2", several).stream()
                    .map(told -> read(told, states -> new Meaning(states.tokens(), states.pooled())))
                    .toList();
        List<Encoded> first = states("text_encoder", "tokenizer", several);
        if (!folder.xl() && !folder.joint())
            return first.stream()
                    .map(told -> read(told, states -> new Meaning(states.tokens(), null)))
                    .toList();
        List<Encoded> second = states("text_encoder_2", "tokenizer_2", several);
        List<Read> all = new ArrayList<>();
        for (int i = 0; i < several.size(); i++) {
            Iterator<States> others = second.get(i).states.iterator();
            all.add(read(first.get(i), states -> both(states, others.next())));
        }
        return all;
    }

    private static Read read(Encoded told, Function<States, Meaning> meaning) {
        return new Read(told.states.stream().map(meaning).toList(), told.notes);
    }

    private Meaning both(States first, States second) {
        return new Meaning(
                Tensors.cat(2, first.tokens(), second.tokens()),
                folder.joint() ? Tensors.cat(1, first.pooled(), second.pooled()) : second.pooled());
    }

    private List<Encoded> states(String encoder, String tokenizer, List<Texts> several) throws IOException {
        try (Words words = folder.words(tokenizer);
                PretrainedClip.TextTower tower =
                        PretrainedClip.textTower(folder.network(encoder), placement.precision())) {
            TextTransformer network = placement.device().move(tower.network().value());
            int context = network.config().context();
            Tensor projection = projection(tower.projection());
            Row empty = words.rows(Emphasis.parts(""), context, 1).get(0);
            List<Encoded> all = new ArrayList<>();
            for (Texts some : several) {
                List<String> notes = new ArrayList<>();
                List<List<Row>> rows = new ArrayList<>();
                for (String text : some.texts) rows.add(rows(words, text, context, notes));
                int most = rows.stream().mapToInt(List::size).max().orElse(1);
                List<States> states = new ArrayList<>();
                for (int i = 0; i < rows.size(); i++) {
                    List<Row> filled = new ArrayList<>(rows.get(i));
                    while (filled.size() < most) filled.add(empty);
                    int skip = some.skips.get(i);
                    try (NoGradGuard guard = new NoGradGuard()) {
                        Tensor[] parts = Scope.tidyAll(() -> told(network, filled, skip, projection));
                        states.add(new States(parts[0], parts[1]));
                    }
                }
                all.add(new Encoded(states, notes));
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
