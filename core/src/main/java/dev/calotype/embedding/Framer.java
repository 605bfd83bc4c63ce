package dev.calotype.embedding;

import dev.calotype.checkpoint.clip.Framing;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import java.util.function.UnaryOperator;

/**
 * Makes squares of pictures as the program does that an encoder comes from, to the pixel.
 *
 * @param side of the square in pixels
 */
public record Framer(Framing framing, int side, int channels) implements UnaryOperator<Picture> {
    Framer(PretrainedClip clip) {
        this(clip.framing(), clip.network().value().config().ports());
    }

    private Framer(Framing framing, Ports ports) {
        this(framing, ports.size(), ports.channels());
    }

    @Override
    public Picture apply(Picture picture) {
        Picture given = Images.withChannels(picture, channels);
        if (framing == Framing.STRETCHED) return Resize.to(given, side, side, Resize.Filter.BICUBIC);
        long width = given.width(), height = given.height(), shorter = Math.min(width, height);
        Picture resized = Resize.to(
                given, (int) (side * width / shorter), (int) (side * height / shorter), Resize.Filter.BICUBIC);
        return Images.crop(resized, from(resized.width()), from(resized.height()), side, side);
    }

    /** Where the central square begins. */
    private int from(int length) {
        int rest = length - side, half = rest / 2;
        boolean odd = rest % 2 != 0;
        return framing == Framing.TORCHVISION && odd && half % 2 != 0 ? half + 1 : half;
    }
}
