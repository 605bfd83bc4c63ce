package dev.calotype.toy;

import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Pictures to short codes in [-1, 1] and back, by one matrix each way. */
final class Autoencoder extends Module {
    private final int channels, size, code;
    private final LinearImpl encoder, decoder;

    Autoencoder(int channels, int size, int code, Rng rng) {
        this.channels = channels;
        this.size = size;
        this.code = code;
        long pixels = (long) channels * size * size;
        encoder = register_module("encoder", new LinearImpl(pixels, code));
        decoder = register_module("decoder", new LinearImpl(code, pixels));
        Initialization.uniform(this, rng);
    }

    int code() {
        return code;
    }

    Tensor encode(Tensor x) {
        return Scope.tidy(() -> {
            Tensor flat = Tensors.as(x.reshape(x.size(0), -1), encoder.weight()); // (N, C H W)
            return torch.tanh(encoder.forward(flat)); // (N, code)
        });
    }

    Tensor decode(Tensor code) {
        return Scope.tidy(() -> {
            Tensor flat = torch.tanh(decoder.forward(Tensors.as(code, decoder.weight()))); // (N, C H W)
            return flat.to(ScalarType.Float).reshape(code.size(0), channels, size, size); // (N, C, H, W)
        });
    }
}
