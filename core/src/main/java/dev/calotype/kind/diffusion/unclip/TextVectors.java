package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.kind.diffusion.pipeline.Words;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Norm;
import dev.calotype.model.clip.TextTransformer.States;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the text encoder of a prior makes of texts. */
final class TextVectors {
    /**
     * A text, in fp32.
     *
     * @param vector of all of it, (1, E)
     * @param tokens between and with the marks of beginning and end, without what fills a row, (1, L, E)
     */
    record Text(Tensor vector, Tensor tokens) {}

    private TextVectors() {}

    /**
     * Reads texts, in the caller's scope; the text encoder is read and closed.
     *
     * @param width E, of the prior
     * @param notes gets what could not be read
     * @throws IOException if the text encoder cannot be read, or makes vectors of another width
     */
    static List<Text> read(UnclipFolder folder, List<String> texts, int width, Placement placement, List<String> notes)
            throws IOException {
        try (Words words = folder.words();
                PretrainedClip.TextTower tower =
                        PretrainedClip.textTower(folder.network("text_encoder"), placement.precision())) {
            TextTransformer network = placement.device().move(tower.network().value());
            if (tower.projection() == null)
                throw new IOException(folder.path() + ": its text encoder has no text_projection.weight");
            Tensor projection =
                    placement.device().move(tower.projection().read().to(ScalarType.Float)); // (E, D)
            if (projection.size(0) != width || network.config().width() != width)
                throw new IOException(folder.path() + ": its text encoder makes tokens of "
                        + network.config().width() + " values and vectors of " + projection.size(0)
                        + ", and its prior wants " + width);
            List<Text> read = new ArrayList<>();
            for (String text : texts) {
                Tokens tokens = words.plain(text, network.config().context());
                if (tokens.cut() > 0)
                    notes.add("The text is longer than the " + network.config().context()
                            + " tokens that the text encoder reads: \"" + text + "\" is cut.");
                try (NoGradGuard guard = new NoGradGuard()) {
                    Tensor[] parts = Scope.tidyAll(() -> told(network, projection, tokens, placement));
                    read.add(new Text(parts[0], parts[1]));
                }
            }
            return read;
        }
    }

    private static Tensor[] told(TextTransformer network, Tensor projection, Tokens tokens, Placement placement) {
        Tensor ids = placement.device().move(ClipEncoder.ids(tokens)); // (1, K)
        States states = network.states(ids, 0, Norm.LAST);
        Tensor vector = states.pooled().to(ScalarType.Float).matmul(projection.t()); // (1, E)
        Tensor all = states.tokens().to(ScalarType.Float); // (1, K, E)
        return new Tensor[] {vector, all.narrow(1, 0, tokens.lengths()[0]).contiguous()};
    }
}
