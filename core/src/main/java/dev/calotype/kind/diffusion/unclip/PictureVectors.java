package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.embedding.Framer;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.function.Function;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the image encoder of a pipeline makes of pictures, which it is read for and closed after. */
final class PictureVectors {
    private PictureVectors() {}

    /**
     * The vector of a picture, in the caller's scope.
     *
     * @param width E, of the prior or of what is told of vectors
     * @return fp32 (1, E)
     * @throws IOException if the image encoder cannot be read, or makes vectors of another width
     */
    static Tensor of(UnclipFolder folder, Picture picture, int width, Placement placement) throws IOException {
        return of(folder, width, placement, tower -> {
            Picture framed = new Framer(tower.framing(), tower.side(), 3).apply(picture);
            return tower.pixels().apply(placement.device().move(Images.toTensor(framed))); // (1, 3, S, S)
        });
    }

    /** The vector of a picture of zeros as its encoder sees them, which is grey, fp32 (1, E). */
    static Tensor ofNothing(UnclipFolder folder, int width, Placement placement) throws IOException {
        return of(folder, width, placement, tower -> placement.device().zeros(1, 3, tower.side(), tower.side()));
    }

    private static Tensor of(
            UnclipFolder folder, int width, Placement placement, Function<PretrainedClip.ImageTower, Tensor> seen)
            throws IOException {
        try (PretrainedClip.ImageTower tower = PretrainedClip.imageTower(
                        folder.network("image_encoder"), folder.preprocessor(), placement.precision());
                NoGradGuard guard = new NoGradGuard()) {
            placement.device().move(tower.network().value());
            Tensor projection =
                    placement.device().move(tower.projection().read().to(ScalarType.Float)); // (E, D)
            if (projection.size(0) != width)
                throw new IOException(folder.path() + ": its image encoder makes vectors of " + projection.size(0)
                        + " values, and " + width + " are wanted of it");
            return Scope.tidy(() -> Tensors.as(tower.network().value().features(seen.apply(tower)), projection)
                    .matmul(projection.t())); // (1, E)
        }
    }
}
