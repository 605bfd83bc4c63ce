package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.checkpoint.t5.TransformersT5;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.model.t5.T5Encoder;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the text encoders of Stable Diffusion 3 make of texts: the tokens of two CLIPs side by side, filled up by zeros to the width of
 * those of T5, which stand behind; zeros in their place where there is no T5.
 */
record JointTexts(PipelineFiles folder, int width, Placement placement) {
    /** Tokens of T5, those that fill a row included. */
    static final int ROW = 256;

    /** As wide as the denoiser of a pipeline wants them. */
    static JointTexts of(PipelineFiles files, Placement placement) throws IOException {
        int width = DiffusersTransformer.config(files.network(files.denoiser())).tokens();
        return new JointTexts(files, width, placement);
    }

    /** Texts in the caller's scope; every encoder is read, asked and closed before the next. */
    TextReader.Read read(List<String> texts, List<Integer> skips) throws IOException {
        return joined(new TextReader(folder, placement).read(texts, skips), texts);
    }

    /** The same, each read as if it were alone. */
    TextReader.Read apart(List<String> texts) throws IOException {
        return joined(new TextReader(folder, placement).apart(texts), texts);
    }

    private TextReader.Read joined(TextReader.Read clips, List<String> texts) throws IOException {
        List<String> notes = new ArrayList<>(clips.notes());
        List<Tensor> rows = rows(texts, notes); // of (1, K, W)
        List<Meaning> meanings = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Meaning clip = clips.meanings().get(i);
            long missing = width - clip.tokens().size(2);
            if (missing < 0)
                throw new IOException(folder.path() + ": its CLIPs make tokens of "
                        + clip.tokens().size(2) + " values, and its denoiser wants at most " + width);
            Tensor filled = torch.constant_pad_nd(clip.tokens(), 0, missing); // (1, K, W)
            meanings.add(new Meaning(Tensors.cat(1, filled, rows.get(i)), clip.pooled()));
        }
        return new TextReader.Read(meanings, notes);
    }

    private List<Tensor> rows(List<String> texts, List<String> notes) throws IOException {
        List<Tensor> rows = new ArrayList<>();
        if (!folder.has("text_encoder_3")) {
            for (int i = 0; i < texts.size(); i++) rows.add(placement.device().zeros(1, ROW, width));
            notes.add("There is no T5: zeros stand for what it would tell of the text.");
            return rows;
        }
        try (Tokenizer tokenizer = Tokenizers.open(folder.thirdTokenizer(), TextCleaning.TRANSFORMERS);
                Scope.Owned<T5Encoder> encoder =
                        TransformersT5.read(folder.network("text_encoder_3"), placement.precision())) {
            T5Encoder network = placement.device().move(encoder.value());
            if (network.config().width() != width)
                throw new IOException(folder.path() + ": its T5 makes tokens of "
                        + network.config().width() + " values, and its denoiser wants " + width);
            for (String text : texts) {
                Tokens tokens = tokenizer.rows(List.of(plain(text)), ROW);
                if (tokens.cut() > 0) notes.add("T5: " + tokens.cutInWords() + ".");
                Tensor ids = placement.device().move(Tensors.of(tokens.ids()).reshape(1, ROW));
                rows.add(Scope.inference(() -> network.forward(ids).to(ScalarType.Float))); // (1, K, W)
            }
        }
        return rows;
    }

    /** Without the signs of weights, which T5 is not told. */
    private static String plain(String text) {
        return Emphasis.parts(text).stream().map(Emphasis.Part::text).collect(Collectors.joining());
    }
}
