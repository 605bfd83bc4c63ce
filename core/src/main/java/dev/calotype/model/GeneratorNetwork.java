package dev.calotype.model;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A network G(z, c) that makes an image of a random vector and a condition (Goodfellow et al. 2014, arXiv:1406.2661). */
public abstract class GeneratorNetwork extends Module {
    /** The standard deviation of DCGAN's starting weights. */
    static final double DEVIATION = 0.02;

    protected GeneratorNetwork(String name) {
        super(name);
    }

    /** The length of z. */
    public abstract int latent();

    /**
     * @param z N(0, I), fp32 (N, {@link #latent})
     * @return fp32 (N, C, H, W), about [-1, 1]
     */
    public abstract Tensor forward(Tensor z, Condition condition);

    /** What a training step shows the discriminator: {@link #forward}, plus what the network draws from {@code rng} besides. */
    public Tensor forTraining(Tensor z, Condition condition, Rng rng) {
        return forward(z, condition);
    }

    /**
     * Ends the training: what depends on the other images of a batch, where anything does, is from here on as for these
     * (standing statistics, Brock, Donahue &amp; Simonyan 2019, arXiv:1809.11096).
     *
     * @param z many, fp32 (N, {@link #latent})
     */
    public void settle(Tensor z, Condition condition) {}

    /** The classes of a condition as unit vectors, fp32 (N, count). */
    static Tensor classes(Condition condition, int count, Device device) {
        if (condition.labels().length == 0)
            throw new IllegalArgumentException("the network wants a class per image: 0");
        return device.move(torch.one_hot(Tensors.of(condition.labels()), count).to(ScalarType.Float));
    }
}
