package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the text encoders of a pipeline make of its texts. Those of Stable Diffusion 1 and 2 are read at their end, normalised; those of
 * XL before their last block, not normalised, side by side, with a vector of the whole text besides.
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

    /** What encoders told, and what they could not read. */
    record Read(List<Meaning> meanings, List<String> notes) {}

    private final PipelineFiles folder;
    private final Placement placement;

    TextReader(PipelineFiles folder, Placement placement) {
        this.folder = folder;
        this.placement = placement;
    }

    /**
     * Texts in the caller's scope; every encoder is read, asked and closed before the next.
     *
     * @param skips of each text, how many more blocks are left out
     */
    Read read(List<String> texts, List<Integer> skips) throws IOException {
        List<String> notes = new ArrayList<>();
        List<Meaning> meanings = new ArrayList<>();
        if (folder.xl() && !folder.has("text_encoder")) { // the refiner
            for (States states : states("text_encoder_2", "tokenizer_2", texts, skips, notes))
                meanings.add(new Meaning(states.tokens(), states.pooled()));
            return new Read(meanings, notes);
        }
        List<States> first = states("text_encoder", "tokenizer", texts, skips, notes);
        if (!folder.xl()) {
            for (States states : first) meanings.add(new Meaning(states.tokens(), null));
            return new Read(meanings, notes);
        }
        List<States> second = states("text_encoder_2", "tokenizer_2", texts, skips, new ArrayList<>());
        for (int i = 0; i < texts.size(); i++)
            meanings.add(new Meaning(
                    Tensors.cat(2, first.get(i).tokens(), second.get(i).tokens()),
                    second.get(i).pooled()));
        return new Read(meanings, notes);
    }

    private List<States> states(
            String encoder, String tokenizer, List<String> texts, List<Integer> skips, List<String> notes)
            throws IOException {
        try (Words words = folder.words(tokenizer);
                PretrainedClip.TextTower tower =
                        PretrainedClip.textTower(folder.network(encoder), placement.precision())) {
            TextTransformer network = placement.device().move(tower.network().value());
            int context = network.config().context();
            Tensor projection = projection(tower.projection());
            List<States> all = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i);
                Tokens row = words.row(text, context);
                if (row.cut() > 0)
                    notes.add("The text is longer than the " + context + " tokens that the text encoder reads: \""
                            + text + "\" is cut.");
                int skip = skips.get(i);
                try (NoGradGuard guard = new NoGradGuard()) {
                    Tensor[] parts = Scope.tidyAll(() -> told(network, row, skip, projection));
                    all.add(new States(parts[0], parts[1]));
                }
            }
            return all;
        }
    }

    private Tensor projection(StoredTensor stored) throws IOException {
        return stored == null ? null : placement.device().move(stored.read().to(ScalarType.Float)); // (P, D)
    }

    private Tensor[] told(TextTransformer network, Tokens row, int skip, Tensor projection) {
        Tensor ids = placement.device().move(ClipEncoder.ids(row)); // (1, K)
        boolean xl = folder.xl();
        States states = network.states(ids, xl ? skip + 1 : skip, xl ? Norm.NONE : Norm.LAST);
        Tensor pooled = states.pooled().to(ScalarType.Float); // (1, D)
        return new Tensor[] {
            states.tokens().to(ScalarType.Float), projection == null ? pooled : pooled.matmul(projection.t())
        };
    }
}
