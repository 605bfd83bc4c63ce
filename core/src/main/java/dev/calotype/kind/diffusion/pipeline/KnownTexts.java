package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Prompt;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.LoggerFactory;

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
    static KnownTexts read(PipelineFiles files, List<String> texts, int size, Placement placement) throws IOException {
        Tensor[] kept;
        try {
            kept = Scope.tidyAll(() -> kept(files, texts, placement));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Tensor empty = kept[0], pooled = kept[1];
        List<Tensor> tokens = Arrays.asList(kept).subList(2, kept.length); // (1, K or a multiple, W) of each text
        int tail = files.joint() ? JointTexts.ROW : 0;
        return (network, numbers) -> new Told(
                Scope.inference(() -> batch(tokens, empty, tail, numbers)),
                pooled == null
                        ? null
                        : pooled.index_select(0, placement.device().move(index(numbers))),
                files.xl() ? placement.device().move(sizes(size, numbers.length)) : null,
                null);
    }

    /** Tokens of the empty text, vectors of all texts (T, P) or null, and tokens of each text read as if it were alone. */
    private static Tensor[] kept(PipelineFiles files, List<String> texts, Placement placement) {
        try {
            List<String> plain = texts.stream().map(Prompt::plainly).toList();
            TextReader.Read read = TextReader.apart(reading(files, placement), plain);
            tell(read.notes());
            List<Meaning> meanings = new ArrayList<>(read.meanings());
            var type = placement.precision().dtype();
            Tensor empty = meanings.get(0).tokens().to(type); // (1, K, W)
            if (files.xl() && files.zeros())
                meanings.set(0, meanings.get(0).zeros()); // as nothing is told where one draws
            List<Tensor> all = new ArrayList<>();
            all.add(empty);
            all.add(
                    meanings.get(0).pooled() == null
                            ? null
                            : Tensors.cat(
                                    0, meanings.stream().map(Meaning::pooled).toArray(Tensor[]::new)));
            meanings.forEach(meaning -> all.add(meaning.tokens().to(type)));
            return all.toArray(Tensor[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who reads the texts of a pipeline. */
    static TextReader.Reading reading(PipelineFiles files, Placement placement) throws IOException {
        return files.joint() ? JointTexts.of(files, placement)::read : new TextReader(files, placement)::read;
    }

    /** What of the texts is read otherwise than one might think, each sentence once. */
    private static void tell(List<String> notes) {
        for (String note : new LinkedHashSet<>(notes))
            LoggerFactory.getLogger(KnownTexts.class).warn("of the captions: {}", note);
    }

    /**
     * Tokens of texts, (N, K, W): those that are shorter than others of the batch go on with the empty text, as where one draws.
     *
     * @param tail tokens that stay behind what is filled up
     */
    private static Tensor batch(List<Tensor> tokens, Tensor empty, int tail, int... numbers) {
        long most = Arrays.stream(numbers)
                .mapToLong(number -> tokens.get(number).size(1))
                .max()
                .orElseThrow();
        long step = empty.size(1) - tail;
        Tensor[] rows = new Tensor[numbers.length];
        for (int i = 0; i < rows.length; i++) {
            Tensor own = tokens.get(numbers[i]), next = numbers[i] == 0 ? tokens.get(0) : empty;
            long head = own.size(1) - tail;
            List<Tensor> parts = new ArrayList<>(List.of(own.narrow(1, 0, head)));
            for (long length = own.size(1); length < most; length += step) parts.add(next.narrow(1, 0, step));
            parts.add(own.narrow(1, head, tail));
            rows[i] = Tensors.cat(1, parts.toArray(Tensor[]::new));
        }
        return Tensors.cat(0, rows);
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
