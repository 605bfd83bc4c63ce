package dev.calotype.model.vivit;

import dev.calotype.model.Pixels;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.TransformerClassifier;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained {@link Vivit} that names what is in clips, uint8 (N, T, C, H, W). Their pictures are resized by antialiased bilinear
 * interpolation to a square, of which the middle is seen. It looks as {@link Vivit#rollOut} tells.
 */
public final class VivitClassifier extends TransformerClassifier<Vivit> {
    private final int square;

    /**
     * @param network closed by {@link #close}
     * @param square pixels per side of what pictures are resized to, at least those that the network sees
     */
    public VivitClassifier(Scope.Owned<Vivit> network, Identity identity, Standardization pixels, int square) {
        super(network, identity, pixels);
        this.square = square;
    }

    @Override
    public int dimensions() {
        return network().config().width();
    }

    @Override
    public int size() {
        return square;
    }

    @Override
    public int channels() {
        return ports().channels();
    }

    @Override
    public int frames() {
        return ports().frames();
    }

    @Override
    public int[] shown() {
        return network().shown();
    }

    private VivitConfig.Ports ports() {
        return network().ports();
    }

    @Override
    public String input() {
        int seen = ports().size();
        return frames() + " frames of " + square + " x " + square + ", antialiased bilinear, "
                + (seen == square ? "" : "the middle " + seen + " x " + seen + ", ") + standardised();
    }

    @Override
    protected Tensor prepared(Vivit n, Tensor given) {
        Tensor clips = given.dim() == 4 && frames() == 1 ? given.unsqueeze(1) : given; // (N, T, C, H, W)
        if (clips.dim() != 5 || clips.size(1) != frames())
            throw new IllegalArgumentException(name() + " takes clips (N, " + frames() + ", " + channels() + ", H, W): "
                    + Arrays.toString(Tensors.shape(clips)));
        Tensor pictures = clips.flatten(0, 1); // (N T, C, H, W)
        Pixels.require(name(), pictures, channels());
        Tensor x = Pixels.resize(Device.of(n).move(pictures), square); // (N T, C, S, S) in 0..255
        long seen = ports().size(), edge = (square - seen) / 2;
        Tensor middle = x.narrow(2, edge, seen).narrow(3, edge, seen); // (N T, C, s, s)
        return standardised(middle).reshape(clips.size(0), frames(), channels(), seen, seen); // (N, T, C, s, s)
    }

    @Override
    protected Tensor features(Vivit n, Tensor prepared) {
        return n.features(prepared);
    }

    @Override
    protected Tensor logits(Vivit n, Tensor prepared) {
        return n.forward(prepared);
    }

    @Override
    protected Tensor attention(Vivit n, Tensor prepared) {
        return n.rollOut(prepared);
    }
}
