package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import java.util.List;
import java.util.stream.IntStream;

/** The first pictures of a request. */
public final class FirstPictures {
    private FirstPictures() {}

    public static List<AskedPicture> of(ImageRequest request, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AskedPicture(request, i))
                .toList();
    }
}
