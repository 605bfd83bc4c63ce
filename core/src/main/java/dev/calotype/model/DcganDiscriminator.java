package dev.calotype.model;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.DownsamplingUnit;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.SpectralNorm;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The discriminator of DCGAN (Radford, Metz &amp; Chintala 2016, arXiv:1511.06434): strided convolutions down to 4 x 4,
 * where one more judges. With classes, the features' projection on a vector of the class is added (Miyato &amp; Koyama
 * 2018, arXiv:1802.05637).
 */
public final class DcganDiscriminator extends DiscriminatorNetwork {
    /**
     * The architecture. The first level has {@code width} channels, each further one twice as many.
     *
     * @param width 1..1024; 64 in the paper
     * @param normalization of every level; the first has no batch normalisation
     */
    public record Config(int width, Activation activation, Normalization normalization) {
        public Config {
            if (width < 1 || width > 1024) throw new IllegalArgumentException("width must be in 1..1024: " + width);
        }
    }

    private final DcganGenerator.Ports ports;
    private final Layers levels = new Layers("levels");
    private final List<DownsamplingUnit> units = new ArrayList<>();
    private final Conv2dImpl judge;
    private final SpectralNorm spectral;
    private final LinearImpl classes;

    public DcganDiscriminator(Config config, DcganGenerator.Ports ports, Rng rng) {
        super("DcganDiscriminator");
        this.ports = ports;
        register_module("levels", levels);
        int in = ports.channels();
        int out = config.width();
        for (int i = 0; i < ports.levels(); i++) {
            Normalization norm = i == 0 && config.normalization() == Normalization.BATCH
                    ? Normalization.NONE
                    : config.normalization();
            units.add(levels.add("down" + i, new DownsamplingUnit(in, out, norm, config.activation())));
            in = out;
            out *= 2;
        }
        judge = register_module("judge", Convolutions.halving(in, 1, 1));
        spectral = config.normalization() == Normalization.SPECTRAL
                ? register_module("spectral", new SpectralNorm(1))
                : null;
        classes = ports.classes() == 0 ? null : register_module("classes", Blank.unbiased(ports.classes(), in));
        Initialization.normal(this, rng, GeneratorNetwork.DEVIATION);
    }

    @Override
    public Tensor forward(Tensor x, Condition condition) {
        return Scope.tidy(() -> {
            Tensor kernel = spectral == null ? judge.weight() : spectral.apply(judge.weight());
            Tensor h = Convolutions.prepare(x, judge.weight()); // (N, C, size, size)
            for (DownsamplingUnit unit : units) h = unit.forward(h); // (N, C', H, W)
            Tensor logits =
                    Kernels.convolve(h, kernel, 1, 0).to(ScalarType.Float).reshape(h.size(0)); // (N)
            if (classes == null) return logits;
            Tensor told = GeneratorNetwork.classes(condition, ports.classes(), Device.of(this));
            Tensor direction = classes.forward(told.to(Tensors.dtype(h))); // (N, C')
            return logits.add(direction
                    .mul(h.mean(new long[] {2, 3}).to(Tensors.dtype(h)))
                    .to(ScalarType.Float)
                    .sum(1)); // (N)
        });
    }
}
