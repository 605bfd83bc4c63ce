package dev.calotype.model;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.UpsamplingUnit;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The generator of DCGAN (Radford, Metz &amp; Chintala 2016, arXiv:1511.06434): transposed convolutions from 1 x 1 up,
 * batch normalisation, tanh. With classes, z is followed by the class as a unit vector (Mirza &amp; Osindero 2014).
 */
public final class DcganGenerator extends GeneratorNetwork {
    /**
     * The architecture. Level 4 x 4 has {@code width * size / 8} channels, each further one half of them.
     *
     * @param latent the length of z, 1..4096; 100 in the paper
     * @param width channels of the last level, 1..1024; 64 in the paper
     */
    public record Config(int latent, int width, Activation activation) {
        public Config {
            if (latent < 1 || latent > 4096) throw new IllegalArgumentException("latent must be in 1..4096: " + latent);
            if (width < 1 || width > 1024) throw new IllegalArgumentException("width must be in 1..1024: " + width);
        }
    }

    /** What comes out, and what is told: the pictures, and the number of classes, 0 for none. */
    public record Ports(int channels, int size, int classes) {
        public Ports {
            if (Integer.bitCount(size) != 1 || size < 16 || size > 256)
                throw new IllegalArgumentException("size must be 16, 32, 64, 128 or 256: " + size);
        }

        /** How often the picture doubles from 4 x 4 to half its size. */
        int levels() {
            return Integer.numberOfTrailingZeros(size) - 2;
        }
    }

    private final Config config;
    private final Ports ports;
    private final Layers levels = new Layers("levels");
    private final List<UpsamplingUnit> units = new ArrayList<>();
    private final ConvTranspose2dImpl picture;

    public DcganGenerator(Config config, Ports ports, Rng rng) {
        super("DcganGenerator");
        this.config = config;
        this.ports = ports;
        register_module("levels", levels);
        int in = config.latent() + ports.classes();
        int out = config.width() * ports.size() / 8;
        for (int i = 0; i < ports.levels(); i++) {
            units.add(levels.add("up" + i, new UpsamplingUnit(in, out, i == 0 ? 1 : 2, config.activation())));
            in = out;
            out /= 2;
        }
        picture = register_module("picture", Convolutions.transposed(in, ports.channels(), 2));
        Initialization.normal(this, rng, DEVIATION);
    }

    @Override
    public int latent() {
        return config.latent();
    }

    @Override
    public Tensor forward(Tensor z, Condition condition) {
        return Scope.tidy(() -> {
            Tensor h = input(z, condition); // (N, latent + classes, 1, 1)
            for (UpsamplingUnit unit : units) h = unit.forward(h); // (N, C, H, W)
            return torch.tanh(picture.forward(h).to(ScalarType.Float)).contiguous(); // (N, C, size, size)
        });
    }

    @Override
    public void settle(Tensor z, Condition condition) {
        Scope.read(() -> {
            Tensor h = input(z, condition);
            for (UpsamplingUnit unit : units) h = unit.settle(h);
            return null;
        });
    }

    private Tensor input(Tensor z, Condition condition) {
        Tensor told = ports.classes() == 0
                ? z
                : Tensors.cat(1, z, classes(condition, ports.classes(), Device.of(this))); // (N, latent + classes)
        return Convolutions.prepare(told.reshape(told.size(0), told.size(1), 1, 1), picture.weight());
    }
}
