package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What denoisers that learn are told of texts by their numbers. */
interface KnownTexts {
    /**
     * What is told of samples.
     *
     * @param texts the numbers of their texts
     */
    Told told(Learned network, int[] texts);

    /**
     * Texts whose meaning stays: the text encoders are read, asked and let go.
     *
     * @param size of pictures in pixels, which denoisers of XL are told
     */
    static KnownTexts read(TextToImage model, List<String> texts, int size, Placement placement) throws IOException {
        PipelineFiles folder = model.folder();
        boolean zeros = folder.xl() && folder.zeros();
        List<String> plain = texts.stream().map(Emphasis::plainly).toList();
        List<Meaning> meanings = new ArrayList<>(new TextReader(folder, placement)
                .read(plain, Collections.nCopies(texts.size(), 0))
                .meanings());
        if (zeros) meanings.set(0, meanings.get(0).zeros()); // as nothing is told where one draws
        Tensor tokens = Tensors.cat(0, meanings.stream().map(Meaning::tokens).toArray(Tensor[]::new))
                .to(placement.precision().dtype()); // (T, K, W)
        Tensor pooled = meanings.get(0).pooled() == null
                ? null
                : Tensors.cat(0, meanings.stream().map(Meaning::pooled).toArray(Tensor[]::new)); // (T, P)
        return (network, numbers) -> {
            Tensor rows = placement.device().move(index(numbers)); // (N)
            return new Told(
                    tokens.index_select(0, rows),
                    pooled == null ? null : pooled.index_select(0, rows),
                    pooled == null ? null : placement.device().move(sizes(size, numbers.length)),
                    null);
        };
    }

    /** The numbers of texts as the engine wants indices, int64 (N). */
    static Tensor index(int... numbers) {
        return Tensors.of(numbers).to(ScalarType.Long);
    }

    /** Original size, upper left corner of the crop, and size that is wanted: all of the picture. */
    static Tensor sizes(int size, int rows) {
        return Tensors.of(size, size, 0, 0, size, size)
                .unsqueeze(0)
                .expand(rows, 6)
                .contiguous()
                .to(ScalarType.Float);
    }
}
