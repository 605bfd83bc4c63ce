package dev.calotype.model.latent;

import dev.calotype.model.latent.Trunk.Heard;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A network that steers a {@link LatentUNet} by a picture of edges, depth, poses or whatever it was trained with (Zhang et al. 2023,
 * "Adding Conditional Control to Text-to-Image Diffusion Models"): the U-Net's own way down with weights of its own, which sees the
 * picture besides, and whose maps are added to the skip connections through convolutions of 1 x 1 that begin as zeros. Parameter names
 * are those of diffusers' {@code ControlNetModel}, those within residual blocks and transformers ours.
 */
public final class ControlNet extends Module {
    private final LatentUNetConfig config;
    private final Hint seen;
    private final Trunk trunk;
    private final List<Conv2dImpl> sights = new ArrayList<>(), gates = new ArrayList<>();
    private final Conv2dImpl sightIn, sightOut, middleGate;

    /**
     * How the picture is seen.
     *
     * @param channels of it
     * @param widths of the maps that it becomes, the finest first; each after the first has half the sides of the one before
     * @param reversed whether its channels come in the other order, blue first
     */
    public record Hint(int channels, List<Integer> widths, boolean reversed) {
        public Hint {
            widths = List.copyOf(widths);
            if (channels < 1 || channels > 1024)
                throw new IllegalArgumentException("channels of the picture must be in 1..1024: " + channels);
            if (widths.isEmpty() || widths.size() > 8 || widths.stream().anyMatch(width -> width < 1 || width > 16_384))
                throw new IllegalArgumentException(
                        "widths of the picture's maps must be 1 to 8 in 1..16384: " + widths);
        }

        /** The factor by which the latents are smaller than the picture. */
        public int factor() {
            return 1 << (widths.size() - 1);
        }
    }

    /** A network whose weights are still to be read; of the shape only the way down counts. */
    public ControlNet(LatentUNetConfig config, Hint hint) {
        super("ControlNet");
        this.config = config;
        seen = hint;
        trunk = new Trunk(this, config);
        Layers sight = register_module("controlnet_cond_embedding", new Layers("controlnet_cond_embedding"));
        List<Integer> widths = hint.widths();
        sightIn = sight.add("conv_in", Convolutions.same(hint.channels(), widths.get(0), 3));
        Layers blocks = sight.add("blocks", new Layers("blocks"));
        for (int i = 0; i + 1 < widths.size(); i++) {
            sights.add(blocks.add("" + 2 * i, Convolutions.same(widths.get(i), widths.get(i), 3)));
            sights.add(blocks.add("" + (2 * i + 1), Convolutions.strided(widths.get(i), widths.get(i + 1), 3, 2)));
        }
        int last = widths.get(widths.size() - 1);
        sightOut = sight.add(
                "conv_out", Convolutions.same(last, config.levels().get(0).width(), 3));
        Layers named = register_module("controlnet_down_blocks", new Layers("controlnet_down_blocks"));
        List<Integer> skips = trunk.skips();
        for (int i = 0; i < skips.size(); i++)
            gates.add(named.add(String.valueOf(i), Convolutions.same(skips.get(i), skips.get(i), 1)));
        int width = skips.get(skips.size() - 1);
        middleGate = register_module("controlnet_mid_block", Convolutions.same(width, width, 1));
    }

    /** The shape of its way down. */
    public LatentUNetConfig config() {
        return config;
    }

    /** How it sees pictures. */
    public Hint hint() {
        return seen;
    }

    /**
     * What it sees in a picture, which is the same at every step.
     *
     * @param picture in [0, 1], (1, C, H, W), with sides that are so many times those of the latents as {@link Hint#factor()} says
     * @return (1, width, h, w)
     * @throws IllegalArgumentException if the picture has other channels
     */
    public Tensor sight(Tensor picture) {
        if (picture.size(1) != seen.channels)
            throw new IllegalArgumentException(
                    "the picture must be (1, " + seen.channels + ", H, W): " + Arrays.toString(Tensors.shape(picture)));
        return Scope.inference(() -> {
            Tensor ordered = seen.reversed ? torch.flip(picture, 1) : picture;
            Tensor h = activated(sightIn, Convolutions.prepare(ordered, trunk.weight())); // (1, width, H, W)
            for (Conv2dImpl layer : sights) h = activated(layer, h); // (1, width, H/f, W/f)
            return sightOut.forward(h);
        });
    }

    private static Tensor activated(Conv2dImpl layer, Tensor x) {
        return Activation.SILU.apply(layer.forward(x));
    }

    /**
     * What it adds to the maps of the U-Net, without gradients.
     *
     * @param x noisy latents, (N, in, h, w)
     * @param times (N), in 0..1000
     * @param sight {@link #sight} of a picture
     * @param scale by how much it acts; 1 as it was trained
     * @throws IllegalArgumentException if sides or channels are others, or something that it must be told is missing
     */
    public Steering forward(Tensor x, Tensor times, Told condition, Tensor sight, double scale) {
        trunk.require(x);
        if (sight.size(2) != x.size(2) || sight.size(3) != x.size(3))
            throw new IllegalArgumentException("latents of " + x.size(3) + " x " + x.size(2)
                    + " are steered by a picture whose map is of " + sight.size(3) + " x " + sight.size(2));
        Tensor[] maps;
        try (NoGradGuard guard = new NoGradGuard()) {
            maps = Scope.tidyAll(() -> maps(x, times, condition, sight, scale));
        }
        int last = maps.length - 1;
        return new Steering(List.of(maps).subList(0, last), maps[last]);
    }

    private Tensor[] maps(Tensor x, Tensor times, Told condition, Tensor sight, double scale) {
        Heard heard = trunk.heard(times, condition);
        Deque<Tensor> skips = trunk.descend(trunk.first(x).add(sight), heard);
        Tensor middle = middleGate.forward(trunk.bottom(skips.peek(), heard)); // (N, width, h/f, w/f)
        List<Tensor> maps = new ArrayList<>();
        Iterator<Tensor> finest = skips.descendingIterator();
        for (Conv2dImpl gate : gates) maps.add(gate.forward(finest.next())); // (N, width, h/f, w/f)
        maps.add(middle);
        return maps.stream()
                .map(map -> scale == 1 ? map : Tensors.scale(scale, map))
                .toArray(Tensor[]::new);
    }
}
