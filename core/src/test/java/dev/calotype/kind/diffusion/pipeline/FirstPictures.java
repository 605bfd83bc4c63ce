package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** The first pictures of a request. */
public final class FirstPictures {
    private FirstPictures() {}

    /** What the denoiser is told of the first one. */
    static Conditions conditions(TextToImage model, ImageRequest request, Placement placement) throws IOException {
        return model.conditions(of(request, 1), placement).get(0);
    }

    /** What the texts of the first one mean. */
    static List<Meaning> meanings(JointPipeline model, ImageRequest request, Placement placement) throws IOException {
        return model.texts(of(request, 1), placement).get(0).meanings();
    }

    public static List<AskedPicture> of(ImageRequest request, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AskedPicture(request, i))
                .toList();
    }
}
