package dev.calotype.kind.gan;

import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.model.Condition;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** A generator with the experiment that made it: enough to draw. Borrows the network, which is settled. */
public record GanModel(GanExperiment experiment, GeneratorNetwork network) {
    /** How many images the statistics that stay are those of. */
    static final int STANDING = 256;

    private static final long STANDING_SEED = 0x5E771E;
    private static final long START = 1; // name of an image's stream

    /** The model of a generator whose statistics become those of random vectors that are always the same. */
    static GanModel settled(GanExperiment experiment, GeneratorNetwork network) {
        GanModel model = new GanModel(experiment, network);
        Scope.run(() ->
                network.settle(model.latent(STANDING_SEED, 0, STANDING), model.condition(Request.ANY, 0, STANDING)));
        return model;
    }

    /**
     * The images of a seed.
     *
     * @param label the class of every image, or {@link Request#ANY} for all classes in turn
     */
    public Drawing drawing(long imageSeed, int label) {
        return drawing(
                experiment.name() + " seed " + imageSeed,
                imageSeed,
                (first, count) -> Scope.inference(
                        () -> network.forward(latent(imageSeed, first, count), condition(label, first, count))));
    }

    /** The drawing of that name whose images {@code painter} makes. */
    Drawing drawing(String name, long imageSeed, Drawing.Painter painter) {
        return Drawing.of(name, imageSeed, experiment.data(), painter);
    }

    /** The images of random vectors (N, latent), all of one class: the first where any will do. */
    public Tensor images(Tensor z, int label) {
        int count = (int) z.size(0);
        int own = experiment.labelled() ? Math.max(0, label) : label;
        Condition condition = condition(own, 0, count);
        return Scope.inference(() -> network.forward(Device.of(network).move(z), condition));
    }

    /** The random vectors of images, fp32 (count, latent). */
    public Tensor latent(long imageSeed, long first, int count) {
        Tensor z = Rng.images(imageSeed, first, count).fork(START).normal(count, network.latent());
        return Device.of(network).move(z);
    }

    private Condition condition(int label, long first, int count) {
        return Condition.ofLabels(experiment.condition().labels(label, first, count));
    }
}
