package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.checkpoint.t5.TransformersT5;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.kind.diffusion.pipeline.TextReader.Texts;
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
import java.util.Collections;
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

    /** Texts in the caller's scope, those of each as if there were no others; every encoder is read, asked and closed before the next. */
    List<TextReader.Read> read(List<Texts> several) throws IOException {
        List<TextReader.Read> clips = new TextReader(folder, placement).read(several), all = new ArrayList<>();
        List<List<String>> notes = new ArrayList<>();
        for (TextReader.Read read : clips) notes.add(new ArrayList<>(read.notes()));
        List<List<Tensor>> rows = rows(several, notes); // of (1, K, W)
        for (int i = 0; i < clips.size(); i++) all.add(joined(clips.get(i), rows.get(i), notes.get(i)));
        return all;
    }

    private TextReader.Read joined(TextReader.Read clips, List<Tensor> rows, List<String> notes) throws IOException {
        List<Meaning> meanings = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
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

    private List<List<Tensor>> rows(List<Texts> several, List<List<String>> notes) throws IOException {
        List<List<Tensor>> all = new ArrayList<>();
        if (!folder.has("text_encoder_3")) {
            Tensor nothing = placement.device().zeros(1, ROW, width);
            for (Texts some : several) all.add(Collections.nCopies(some.texts().size(), nothing));
            for (List<String> own : notes) own.add("There is no T5: zeros stand for what it would tell of the text.");
            return all;
        }
        try (Tokenizer tokenizer = Tokenizers.open(folder.thirdTokenizer(), TextCleaning.TRANSFORMERS);
                Scope.Owned<T5Encoder> encoder =
                        TransformersT5.read(folder.network("text_encoder_3"), placement.precision())) {
            T5Encoder network = placement.device().move(encoder.value());
            if (network.config().width() != width)
                throw new IOException(folder.path() + ": its T5 makes tokens of "
                        + network.config().width() + " values, and its denoiser wants " + width);
            for (int i = 0; i < several.size(); i++) {
                List<Tensor> rows = new ArrayList<>();
                for (String text : several.get(i).texts()) {
                    Tokens tokens = tokenizer.rows(List.of(plain(text)), ROW);
                    if (tokens.cut() > 0) notes.get(i).add("T5: " + tokens.cutInWords() + ".");
                    Tensor ids =
                            placement.device().move(Tensors.of(tokens.ids()).reshape(1, ROW));
                    rows.add(Scope.inference(() -> network.forward(ids).to(ScalarType.Float))); // (1, K, W)
                }
                all.add(rows);
            }
        }
        return all;
    }

    /** Without the signs of weights, which T5 is not told. */
    private static String plain(String text) {
        return Emphasis.parts(text).stream().map(Emphasis.Part::text).collect(Collectors.joining());
    }
}
