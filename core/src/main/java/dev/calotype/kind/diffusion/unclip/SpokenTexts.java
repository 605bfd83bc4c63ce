package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.clip.DiffusersMultilingualText;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.clip.MultilingualText;
import dev.calotype.model.unclip.UnclipUNetConfig.Heard;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the denoiser of Kandinsky 2.1 is told of texts in any language, besides what its prior makes of them. */
final class SpokenTexts {
    private static final int ROW = 77; // tokens, those that fill it included, as it was trained

    private SpokenTexts() {}

    /**
     * Reads texts, in the caller's scope; the encoder is read and closed.
     *
     * @param heard what the denoiser wants of them
     * @param notes gets what could not be read
     * @throws IOException if the encoder cannot be read, or makes vectors or tokens of another width
     */
    static List<Text> read(
            UnclipFolder folder, List<String> texts, Heard heard, Placement placement, List<String> notes)
            throws IOException {
        try (Tokenizer tokenizer = Tokenizers.open(folder.parts().get("words_tokenizer"), TextCleaning.TRANSFORMERS);
                Scope.Owned<MultilingualText> encoder =
                        DiffusersMultilingualText.read(folder.network("words_encoder"), placement.precision())) {
            MultilingualText network = placement.device().move(encoder.value());
            MultilingualText.Config config = network.config();
            if (config.vector() != heard.picture() || config.width() != heard.words() || config.context() < ROW)
                throw new IOException(folder.path() + ": its text encoder makes of " + config.context()
                        + " tokens some of " + config.width() + " values and vectors of " + config.vector()
                        + ", and its denoiser wants " + ROW + " of " + heard.words() + " and " + heard.picture());
            List<Text> read = new ArrayList<>();
            for (String text : texts) {
                Tokens tokens = tokenizer.rows(List.of(text), ROW);
                if (tokens.cut() > 0)
                    notes.add("The text is longer than the " + ROW + " tokens that the denoiser is told: \"" + text
                            + "\" is cut.");
                MultilingualText.States states = network.states(tokens.ids(), tokens.lengths()[0]);
                read.add(new Text(states.vector(), states.tokens()));
            }
            return read;
        }
    }
}
