package dev.calotype.embedding;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * How well the vectors that are predicted of pictures from their captions find these pictures, beside the vectors of the captions
 * themselves, which need no prediction.
 *
 * @param data where the pictures come from
 * @param encoder its hash
 * @param pairs N, the pictures with captions
 * @param predicted the share of captions whose picture is among the nearest of all N to what is predicted
 * @param cosine of what is predicted and the vector of the picture, on average
 * @param captions the same of the vectors of captions
 * @param captionCosine the same of the vectors of captions
 * @param withoutCaption pictures that are left out
 * @param unreadable pictures that could not be read
 */
public record PredictionReport(
        String data,
        String encoder,
        int pairs,
        Retrieval.Recall predicted,
        double cosine,
        Retrieval.Recall captions,
        double captionCosine,
        int withoutCaption,
        int unreadable) {
    /**
     * Measures on pictures of a data set, spread evenly over it.
     *
     * @param most pictures at most
     * @param prediction vectors of pictures for captions, fp32 (N, E) of length 1 in the caller's scope
     * @throws IOException if fewer than two have a caption and can be read
     */
    public static PredictionReport of(
            Encoder encoder, ImageDataset data, long most, Function<List<String>, Tensor> prediction, Progress progress)
            throws IOException {
        EncodedData encoded = EncodedData.of(
                encoder,
                Selected.spread(data, most),
                most,
                sample -> !sample.caption().isBlank(),
                progress);
        List<String> texts = encoded.samples().stream().map(Sample::caption).toList();
        if (texts.size() < 2)
            throw new IOException(data.name() + " has too few pictures with captions to look for: " + texts.size());
        return Scope.read(() -> {
            Tensor pictures = encoded.pictures().vectors(); // (N, E)
            Tensor told = encoder.texts(texts); // (N, E)
            Tensor predicted = prediction.apply(texts); // (N, E)
            return new PredictionReport(
                    data.name(),
                    encoder.hash(),
                    texts.size(),
                    Retrieval.of(pictures, predicted).pictures(),
                    cosine(pictures, predicted),
                    Retrieval.of(pictures, told).pictures(),
                    cosine(pictures, told),
                    encoded.leftOut(),
                    encoded.unreadable().size());
        });
    }

    private static double cosine(Tensor some, Tensor others) {
        return some.mul(others).sum(1).mean().item_double();
    }
}
