package dev.calotype.kind.diffusion.pipeline;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.image.HoleMask;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.sampling.StepwiseSampler.Known;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Given pictures as latents.
 *
 * @param clean (N, L, h, w)
 * @param hole 1 where a pixel of a latent is in the hole, 0 elsewhere, (1 or N, 1, h, w); null where everything is drawn anew
 * @param beside what a denoiser that was trained for holes is told besides the latents: the hole, and latents of the picture with grey
 *     in it, (N, 1 + L, h, w); null for others
 */
public record SeenPicture(Tensor clean, Tensor hole, Tensor beside) {
    /**
     * Encodes a picture, in the caller's scope.
     *
     * @param noise of the distributions of its latents, (N, L, h, w)
     * @param around the same of the picture with grey in its hole; null where the denoiser is not told of it
     */
    public static SeenPicture of(
            Autoencoder autoencoder, Canvas canvas, GivenPicture given, Tensor noise, Tensor around) {
        Tensor image = canvas.image(given.picture(), autoencoder.pictureChannels()); // (1, C, H, W)
        Tensor clean = autoencoder.encode(image, noise); // (N, L, h, w)
        if (given.hole().isEmpty()) return new SeenPicture(clean, null, null);
        HoleMask marked = given.hole().get();
        Tensor hole = Tensors.as(canvas.hole(marked, autoencoder.factor()), clean); // (1, 1, h, w)
        if (around == null) return new SeenPicture(clean, hole, null);
        Tensor grey = image.mul(Tensors.combine(-1, canvas.hole(marked, 1), 1, torch.ones_like(image))); // (1, C, H, W)
        Tensor seen = autoencoder.encode(grey, around); // (N, L, h, w)
        Tensor holes = hole.expand(clean.size(0), 1, clean.size(2), clean.size(3));
        return new SeenPicture(clean, hole, Tensors.cat(1, holes, seen));
    }

    /** The pictures {@code first} to {@code end - 1}. */
    public SeenPicture rows(int first, int end) {
        return new SeenPicture(rows(clean, first, end), rows(hole, first, end), rows(beside, first, end));
    }

    private static Tensor rows(Tensor all, int first, int end) {
        return all == null || all.size(0) == 1 ? all : all.narrow(0, first, end - first);
    }

    /** Encodes the given picture of a request for some of its pictures. */
    public interface Encoding {
        SeenPicture of(List<AskedPicture> some);
    }

    /** What is given of all that is asked for, a row for each; requests that follow each other and are one are encoded once. */
    static SeenPicture of(List<AskedPicture> asked, Encoding encoding) {
        List<SeenPicture> parts =
                AskedPicture.runs(asked).stream().map(encoding::of).toList();
        if (parts.size() == 1) return parts.get(0);
        return new SeenPicture(
                joined(parts, SeenPicture::clean),
                joined(parts, part -> part.hole == null ? null : part.hole.expand(part.clean.size(0), -1, -1, -1)),
                joined(parts, SeenPicture::beside));
    }

    private static Tensor joined(List<SeenPicture> parts, Function<SeenPicture, Tensor> part) {
        if (part.apply(parts.get(0)) == null) return null;
        return Tensors.cat(0, parts.stream().map(part).toArray(Tensor[]::new));
    }

    /** Noisy latents, once for each or twice, with what is told besides. */
    static Tensor beside(SeenPicture seen, Tensor x) {
        if (seen == null || seen.beside == null) return x;
        boolean twice = x.size(0) == 2 * seen.beside.size(0);
        Tensor told = twice ? Tensors.cat(0, seen.beside, seen.beside) : seen.beside;
        return Tensors.cat(1, x, Tensors.as(told, x)); // (N, L + 1 + L, h, w)
    }

    /**
     * What puts the picture back outside the hole, at the noise of the step; nothing where everything is drawn anew, and where the
     * denoiser itself is told of the picture.
     */
    Known known(Tensor noise) {
        if (hole == null || beside != null) return Known.NOTHING;
        return (x, level) -> Scope.tidy(() -> {
            Tensor original = combine(level.signal(), clean, level.noise(), noise); // (N, L, h, w)
            return original.add(hole.mul(x.sub(original))); // (N, L, h, w)
        });
    }
}
