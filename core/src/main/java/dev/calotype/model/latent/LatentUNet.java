package dev.calotype.model.latent;

import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.model.latent.Trunk.Heard;
import dev.calotype.model.latent.Trunk.Step;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.Upsample;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of Stable Diffusion 1, 2 and XL (Rombach et al. 2022; Podell et al. 2023), which looks at the tokens of a text. Parameter
 * names are those of diffusers' {@code UNet2DConditionModel}, those within residual blocks and transformers ours.
 */
public final class LatentUNet extends ToldDenoiser {
    private final LatentUNetConfig config;
    private final Trunk trunk;
    private final Conv2dImpl convOut;
    private final GroupNormImpl normOut;
    private final Layers up = new Layers("up_blocks");
    private final List<Step> ascent = new ArrayList<>();

    /** A network whose weights are still to be read. */
    public LatentUNet(LatentUNetConfig config) {
        super("LatentUNet");
        this.config = config;
        trunk = new Trunk(this, config);
        Deque<Integer> skips = new ArrayDeque<>();
        trunk.skips().forEach(skips::push);
        register_module("up_blocks", up);
        int now = skips.peek();
        for (int i = config.levels().size() - 1; i >= 0; i--) now = climb(i, now, skips);
        normOut = register_module("conv_norm_out", GroupNorm.of(now, config.style()));
        convOut = register_module("conv_out", Convolutions.same(now, config.out(), 3));
    }

    private int climb(int index, int before, Deque<Integer> skips) {
        Level level = config.levels().get(index);
        Layers named = up.add(String.valueOf(config.levels().size() - 1 - index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.depth() == 0 ? null : named.add("attentions", new Layers("attentions"));
        int now = before;
        for (int k = 0; k <= level.blocks(); k++) {
            Step step = trunk.step(blocks, attentions, k, now + skips.pop(), level);
            now = level.width();
            if (k == level.blocks() && index > 0) {
                Layers doubling = named.add("upsamplers", new Layers("upsamplers"));
                List<ImageLayer> layers = new ArrayList<>(step.layers());
                layers.add(doubling.add("0", new Upsample(now)));
                step = trunk.step(layers);
            }
            ascent.add(step);
        }
        return now;
    }

    /** The shape of the network. */
    public LatentUNetConfig config() {
        return config;
    }

    /**
     * What the network makes of noisy latents, without gradients.
     *
     * @param x (N, in, h, w), with sides that are multiples of {@link LatentUNetConfig#coarsest()}
     * @param times (N), in 0..1000
     * @return fp32 (N, out, h, w)
     * @throws IllegalArgumentException if sides or channels are others, or something that it must be told is missing
     */
    public Tensor forward(Tensor x, Tensor times, Told condition) {
        return forward(x, times, condition, List.of());
    }

    /**
     * The same, steered by what {@link ControlNet}s found in pictures.
     *
     * @param steering of as many latents each; several add up
     */
    public Tensor forward(Tensor x, Tensor times, Told condition, List<Steering> steering) {
        return Scope.inference(() -> predicted(x, times, condition, steering));
    }

    @Override
    public Tensor learn(Tensor x, Tensor times, Told condition) {
        return predicted(x, times, condition, List.of());
    }

    @Override
    public void recompute(Policy policy) {
        trunk.recompute(policy);
    }

    private Tensor predicted(Tensor x, Tensor times, Told condition, List<Steering> steering) {
        trunk.require(x);
        return Scope.tidy(() -> {
            Heard heard = trunk.heard(times, condition);
            Deque<Tensor> skips = trunk.descend(trunk.first(x), heard);
            Tensor h = trunk.bottom(skips.peek(), heard); // (N, width, h/f, w/f)
            for (Steering steered : steering) {
                h = h.add(steered.middle()); // (N, width, h/f, w/f)
                skips = steered.added(skips);
            }
            for (Step step : ascent) h = joined(step, h, skips.pop(), heard); // (N, width, h/f, w/f)
            Tensor out = convOut.forward(GroupNorm.activated(config.activation(), normOut, h)); // (N, out, h, w)
            return out.to(ScalarType.Float).contiguous();
        });
    }

    /** A step of the way up; its two inputs, which nobody needs afterwards, are freed. */
    private static Tensor joined(Step step, Tensor h, Tensor skip, Heard heard) {
        Tensor out = Scope.tidy(() -> step.of(Tensors.cat(1, h, skip), heard.embedding(), heard.tokens()));
        h.close();
        skip.close();
        return out;
    }
}
