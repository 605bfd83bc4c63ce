package dev.calotype.model.vivit;

import dev.calotype.model.PictureClassifier;
import dev.calotype.model.Pixels;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VitClassifier.Identity;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained {@link Vivit} that names what is in clips, uint8 (N, T, C, H, W). Their pictures are resized by antialiased bilinear
 * interpolation to a square, of which the middle is seen.
 */
public final class VivitClassifier implements PictureClassifier {
    private final Scope.Owned<Vivit> network;
    private final Identity identity;
    private final Standardization pixels;
    private final int square;

    /**
     * @param network closed by {@link #close}
     * @param square pixels per side of what pictures are resized to, at least those that the network sees
     */
    public VivitClassifier(Scope.Owned<Vivit> network, Identity identity, Standardization pixels, int square) {
        this.network = network;
        this.identity = identity;
        this.pixels = pixels;
        this.square = square;
    }

    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public String hash() {
        return identity.hash().substring(0, Math.min(16, identity.hash().length()));
    }

    @Override
    public int dimensions() {
        return network.value().config().width();
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
        return network.value().shown();
    }

    private VivitConfig.Ports ports() {
        return network.value().ports();
    }

    @Override
    public String input() {
        int seen = ports().size();
        return frames() + " frames of " + square + " x " + square + ", antialiased bilinear, "
                + (seen == square ? "" : "the middle " + seen + " x " + seen + ", ") + "(x - " + pixels.mean() + ") / "
                + pixels.deviation();
    }

    @Override
    public String madeFor() {
        return identity.madeFor();
    }

    @Override
    public List<String> classes() {
        return identity.classes();
    }

    @Override
    public Tensor features(Tensor clips) {
        return network.use(
                n -> Scope.inference(() -> n.features(prepared(n, clips)).cpu()));
    }

    @Override
    public Tensor logits(Tensor clips) {
        return network.use(
                n -> Scope.inference(() -> n.forward(prepared(n, clips)).cpu()));
    }

    /** {@inheritDoc} It is {@link Vivit#rollOut}. */
    @Override
    public Optional<Tensor> attention(Tensor clips) {
        return Optional.of(network.use(
                n -> Scope.inference(() -> n.rollOut(prepared(n, clips)).cpu())));
    }

    private Tensor prepared(Vivit n, Tensor given) {
        Tensor clips = given.dim() == 4 && frames() == 1 ? given.unsqueeze(1) : given; // (N, T, C, H, W)
        if (clips.dim() != 5 || clips.size(1) != frames())
            throw new IllegalArgumentException(name() + " takes clips (N, " + frames() + ", " + channels() + ", H, W): "
                    + Arrays.toString(Tensors.shape(clips)));
        Tensor pictures = clips.flatten(0, 1); // (N T, C, H, W)
        Pixels.require(name(), pictures, channels());
        Tensor x = Pixels.resize(Device.of(n).move(pictures), square); // (N T, C, S, S) in 0..255
        long seen = ports().size(), edge = (square - seen) / 2;
        Tensor middle = x.narrow(2, edge, seen).narrow(3, edge, seen); // (N T, C, s, s)
        return pixels.apply(Tensors.scale(1 / 127.5, middle).sub(new Scalar(1.0)))
                .reshape(clips.size(0), frames(), channels(), seen, seen); // (N, T, C, s, s)
    }

    @Override
    public void close() {
        network.close();
    }
}
