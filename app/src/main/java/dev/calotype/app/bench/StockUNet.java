package dev.calotype.app.bench;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The U-Net of the benches written with the engine's own operators only, as somebody would who has the binding and nothing
 * else: one call per layer, native group normalisation, fused attention.
 *
 * @param weights by the names of improved-diffusion, which also tell the layers of each block
 */
record StockUNet(Map<String, Tensor> weights, int channels, int heads) {
    private static final int GROUPS = 32;

    /** The noise in x (N, C, H, W) at times (N), fp32 or what autocast makes of it. */
    Tensor forward(Tensor x, Tensor times) {
        Tensor e = linear("time_embed.0", sinusoids(times)); // (N, 4 channels)
        e = linear("time_embed.2", torch.silu(e)); // (N, 4 channels)
        Deque<Tensor> skips = new ArrayDeque<>();
        Tensor h = x; // (N, C, H, W)
        for (int i = 0; has("input_blocks." + i + "."); i++) {
            h = block("input_blocks." + i, h, e); // (N, width, H/f, W/f)
            skips.push(h);
        }
        h = block("middle_block", h, e); // (N, width, H/f, W/f)
        for (int i = 0; has("output_blocks." + i + "."); i++)
            h = block("output_blocks." + i, Tensors.cat(1, h, skips.pop()), e); // (N, width, H/f, W/f)
        return convolution("out.2", torch.silu(norm("out.0", h)), 1); // (N, C, H, W)
    }

    private boolean has(String prefix) {
        return weights.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    private Tensor block(String name, Tensor x, Tensor e) {
        Tensor h = x;
        for (int i = 0; has(name + "." + i + "."); i++) h = layer(name + "." + i, h, e);
        return h;
    }

    private Tensor layer(String name, Tensor x, Tensor e) {
        if (has(name + ".in_layers.")) return residual(name, x, e);
        if (has(name + ".qkv.")) return attention(name, x);
        if (has(name + ".op.")) return convolution(name + ".op", x, 2); // (N, C, H/2, W/2)
        if (has(name + ".conv."))
            return convolution(name + ".conv", Kernels.upsampleNearest(x, 2 * x.size(2), 2 * x.size(3)), 1);
        return convolution(name, x, 1); // (N, C', H, W)
    }

    private Tensor residual(String name, Tensor x, Tensor e) {
        Tensor h = convolution(name + ".in_layers.2", torch.silu(norm(name + ".in_layers.0", x)), 1); // (N, C', H, W)
        Tensor[] scaleShift = Tensors.chunk(
                linear(name + ".emb_layers.1", torch.silu(e)).unsqueeze(2).unsqueeze(3), 2, 1); // (N, C', 1, 1) each
        h = norm(name + ".out_layers.0", h)
                .mul(scaleShift[0].add(new Scalar(1)))
                .add(scaleShift[1]); // (N, C', H, W)
        h = convolution(name + ".out_layers.3", torch.silu(h), 1); // (N, C', H, W)
        Tensor skip = has(name + ".skip_connection.") ? convolution(name + ".skip_connection", x, 1) : x;
        return skip.add(h); // (N, C', H, W)
    }

    private Tensor attention(String name, Tensor x) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3), d = c / heads;
        Tensor[] qkv = Tensors.list(convolution(name + ".qkv", norm(name + ".norm", x), 1)
                .reshape(n, heads, 3, d, h * w)
                .permute(2, 0, 1, 4, 3)
                .unbind(0)); // 3 of (N, heads, HW, d)
        Tensor mixed = Kernels.fusedAttention(qkv[0], qkv[1], qkv[2]); // (N, heads, HW, d)
        Tensor image = mixed.transpose(2, 3).reshape(n, c, h, w); // (N, C, H, W)
        return x.add(convolution(name + ".proj_out", image, 1)); // (N, C, H, W)
    }

    private Tensor norm(String name, Tensor x) {
        return Kernels.groupNorm(x, GROUPS, weights.get(name + ".weight"), weights.get(name + ".bias"), 1e-5);
    }

    private Tensor linear(String name, Tensor x) {
        return torch.linear(x, weights.get(name + ".weight"), new TensorOptional(weights.get(name + ".bias")));
    }

    private Tensor convolution(String name, Tensor x, long stride) {
        Tensor weight = weights.get(name + ".weight");
        long[] padding = {weight.size(2) / 2, weight.size(3) / 2};
        var bias = new TensorOptional(weights.get(name + ".bias"));
        return torch.conv2d(x, weight, bias, new long[] {stride, stride}, padding, new long[] {1, 1}, 1);
    }

    private Tensor sinusoids(Tensor times) {
        double[] frequencies = new double[channels / 2];
        for (int i = 0; i < frequencies.length; i++)
            frequencies[i] = Math.exp(-Math.log(10_000) * i / frequencies.length);
        Tensor angles = times.unsqueeze(1).mul(Tensors.of(frequencies)); // (N, channels / 2)
        return Tensors.cat(1, angles.cos(), angles.sin()); // (N, channels)
    }
}
