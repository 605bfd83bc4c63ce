package dev.calotype.model.denoising;

import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A U-Net that answers the noise of a colour picture. It is told its level by a further plane (FFDNet; Zhang, Zuo &amp; Zhang 2018),
 * sees squares of 2 x 2 pixels as one (ibid.), has residual blocks without normalisation (DRUNet; Zhang et al. 2021) and no
 * bias anywhere, so that a picture of k times the contrast with k times the noise gives k times the answer, at levels that no
 * training had too (Mohan et al. 2020).
 */
public final class DenoisingUNet extends Module {
    /** Sides of pictures are multiples of this. */
    public static final int MULTIPLE = 8;

    private static final int COLOURS = 3;
    private static final int SQUARE = 2;

    /**
     * The architecture.
     *
     * @param widths channels at a half, a quarter and an eighth of the resolution, multiples of 16
     * @param blocks residual blocks there, before and after what lies deeper
     */
    public record Config(List<Integer> widths, List<Integer> blocks) {
        public Config {
            widths = List.copyOf(widths);
            blocks = List.copyOf(blocks);
            if (widths.size() != 3) throw new IllegalArgumentException("widths must be three: " + widths);
            if (blocks.size() != 3) throw new IllegalArgumentException("blocks must be three: " + blocks);
            for (int width : widths)
                if (width < 16 || width > 1024 || width % 16 != 0)
                    throw new IllegalArgumentException("each of widths must be a multiple of 16 in 16..1024: " + width);
            for (int count : blocks)
                if (count < 1 || count > 64)
                    throw new IllegalArgumentException("each of blocks must be in 1..64: " + count);
        }
    }

    private final Config config;
    private final Layers body = new Layers("body");
    private final Conv2dImpl head;
    private final Conv2dImpl tail;
    private final List<Level> levels = new ArrayList<>();
    private final List<Block> middle = new ArrayList<>();

    /** Two convolutions beside a straight way. */
    private record Block(Conv2dImpl first, Conv2dImpl second) {
        Tensor forward(Tensor x) {
            return x.add(second.forward(first.forward(x).relu())); // (N, C, H, W)
        }
    }

    /** What is done before and after what lies deeper. */
    private record Level(List<Block> before, Conv2dImpl down, ConvTranspose2dImpl up, List<Block> after) {}

    /** A network with weights that are drawn. */
    public DenoisingUNet(Config config, Rng rng) {
        this(config);
        Initialization.uniform(this, rng);
    }

    /** A network whose weights are still to be drawn or read. */
    public DenoisingUNet(Config config) {
        super("DenoisingUNet");
        this.config = config;
        register_module("body", body);
        int in = (COLOURS + 1) * SQUARE * SQUARE, out = COLOURS * SQUARE * SQUARE;
        List<Integer> widths = config.widths();
        head = body.add("head", Convolutions.unbiased(in, widths.get(0), 3));
        for (int i = 0; i + 1 < widths.size(); i++) {
            List<Block> before = blocks("down" + i, i);
            Conv2dImpl down = body.add("down" + i, Convolutions.joining(widths.get(i), widths.get(i + 1)));
            ConvTranspose2dImpl up = body.add("up" + i, Convolutions.parting(widths.get(i + 1), widths.get(i)));
            levels.add(new Level(before, down, up, blocks("up" + i, i)));
        }
        middle.addAll(blocks("middle", widths.size() - 1));
        tail = body.add("tail", Convolutions.zero(Convolutions.unbiased(widths.get(0), out, 3)));
    }

    private List<Block> blocks(String name, int level) {
        int width = config.widths().get(level);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.blocks().get(level); i++)
            blocks.add(new Block(
                    body.add(name + "_" + i + "a", Convolutions.unbiased(width, width, 3)),
                    body.add(name + "_" + i + "b", Convolutions.unbiased(width, width, 3))));
        return blocks;
    }

    public Config config() {
        return config;
    }

    /**
     * The pictures without noise.
     *
     * @param noisy fp32 (N, 3, H, W) in [-1, 1], H and W multiples of {@value #MULTIPLE}
     * @param sigma the standard deviations of the noise in the same units, fp32 (N, 1, H, W) or (N, 1, 1, 1)
     * @return fp32 (N, 3, H, W), not clipped
     */
    public Tensor denoise(Tensor noisy, Tensor sigma) {
        return Scope.tidy(() -> {
            Tensor map = sigma.expand(noisy.size(0), 1, noisy.size(2), noisy.size(3)); // (N, 1, H, W)
            Tensor squares = torch.pixel_unshuffle(Tensors.cat(1, noisy, map), SQUARE); // (N, 16, H/2, W/2)
            Tensor first = head.forward(Convolutions.prepare(squares, head.weight())); // (N, C0, H/2, W/2)
            Tensor noise = tail.forward(deeper(0, first).add(first)); // (N, 12, H/2, W/2)
            Tensor answer = torch.pixel_shuffle(noise.to(ScalarType.Float), SQUARE); // (N, 3, H, W)
            return noisy.sub(answer); // (N, 3, H, W)
        });
    }

    private Tensor deeper(int index, Tensor x) {
        if (index == levels.size()) return through(middle, x);
        Level level = levels.get(index);
        Tensor here = through(level.before(), x); // (N, C, H, W)
        Tensor below = deeper(index + 1, level.down().forward(here)); // (N, C', H/2, W/2)
        return through(level.after(), level.up().forward(below).add(here)); // (N, C, H, W)
    }

    private static Tensor through(List<Block> blocks, Tensor x) {
        Tensor h = x;
        for (Block block : blocks) h = block.forward(h);
        return h;
    }
}
