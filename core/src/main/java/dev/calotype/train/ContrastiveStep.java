package dev.calotype.train;

import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.model.clip.Clip;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The step of a {@link Clip}, whose loss compares every pair of a batch and so cannot be had of parts of it. Replicas make the
 * vectors of their shares; the loss of all vectors tells the gradient of each; replicas take those back through their networks.
 *
 * <p>With more than one part the first pass keeps vectors alone and the second computes the networks again (gradient caching, Gao
 * et al. 2021): a batch of any size then takes the memory of one part, and has the same gradient.
 */
public final class ContrastiveStep extends ReplicatedStep<Clip> {
    private static final double MOST = Math.log(Clip.MAX_SCALE);

    private final Function<Batch, Tensor> texts;

    /**
     * @param texts what {@link Clip#texts} takes of a batch's captions, on the processor; called by several threads
     * @param networks replicas of one architecture; all get the weights of the first
     * @param options {@code accumulate} is the number of parts in which a replica computes its share
     * @param learningRate the rate of a step, counted from 1
     */
    public ContrastiveStep(
            Function<Batch, Tensor> texts,
            List<Clip> networks,
            Precision precision,
            GradientStep.Options options,
            LongToDoubleFunction learningRate) {
        super(networks, precision, options, learningRate, Ranks.ALONE);
        this.texts = texts;
    }

    /**
     * The loss of vectors of pictures and of their texts, which the step lowers.
     *
     * @param pictures fp32 (N, E), of length 1
     * @param texts fp32 (N, E), of length 1
     */
    public static double loss(Clip network, Tensor pictures, Tensor texts) {
        return Scope.read(() -> ContrastiveLoss.of(network, pictures, texts).item_double());
    }

    /** The vectors of a part, (n, E) each, with their graph or without. */
    private record Part(Batch batch, Scope.Owned<Tensor[]> vectors) {}

    @Override
    public StepReport run(Batch batch) {
        boolean cached = options.accumulate() > 1;
        List<Batch> shards = batch.split(networks.size());
        List<List<Part>> parts =
                workers.run(shards.size(), worker -> vectors(networks.get(worker), shards.get(worker), cached));
        double loss;
        try {
            loss = backward(parts, cached);
        } finally {
            parts.forEach(of -> of.forEach(part -> part.vectors.close()));
        }
        StepReport report = update(loss, batch.count(), () -> {});
        clampScale();
        return report;
    }

    private List<Part> vectors(Clip network, Batch shard, boolean cached) {
        List<Part> parts = new ArrayList<>();
        for (Batch part : shard.split(options.accumulate()))
            parts.add(new Part(part, Scope.own(() -> cached ? frozen(network, part) : encode(network, part))));
        return parts;
    }

    private Tensor[] encode(Clip network, Batch part) {
        Device device = Device.of(network);
        return Scope.tidyAll(() -> new Tensor[] {
            network.pictures(part.images(device)), // (n, E)
            network.texts(device.move(texts.apply(part))) // (n, E)
        });
    }

    private Tensor[] frozen(Clip network, Batch part) {
        return new Tensor[] {
            Scope.inference(() -> network.pictures(part.images(Device.of(network)))),
            Scope.inference(() -> network.texts(Device.of(network).move(texts.apply(part))))
        };
    }

    /** Adds the gradients of the loss of all pairs and returns its value. */
    private double backward(List<List<Part>> parts, boolean cached) {
        double[] value = {0};
        Scope.run(() -> {
            Tensor pictures = leaf(parts, 0), texts = leaf(parts, 1); // (N, E)
            Tensor loss = ContrastiveLoss.of(networks.get(0), pictures, texts);
            loss.backward();
            value[0] = loss.item_double();
            Tensor[] gradients = {pictures.grad(), texts.grad()};
            List<Integer> starts = new ArrayList<>();
            int count = 0;
            for (List<Part> own : parts) {
                starts.add(count);
                for (Part part : own) count += part.batch.count();
            }
            workers.run(parts.size(), worker -> {
                int from = starts.get(worker);
                List<Part> own = parts.get(worker);
                for (int i = 0; i < own.size(); i++) {
                    backward(networks.get(worker), own.get(i), cached, gradients, from);
                    from += own.get(i).batch.count();
                    if (i < own.size() - 1) partDone(worker);
                }
                return null;
            });
        });
        return value[0];
    }

    /** All vectors of one sort, cut off from what they were made of. */
    private static Tensor leaf(List<List<Part>> parts, int sort) {
        return Scope.inference(() -> Tensors.cat(
                        0,
                        parts.stream()
                                .flatMap(List::stream)
                                .map(part -> part.vectors.value()[sort])
                                .toArray(Tensor[]::new)))
                .requires_grad_(true);
    }

    private void backward(Clip network, Part part, boolean cached, Tensor[] gradients, int from) {
        Scope.run(() -> {
            Tensor[] vectors = cached ? encode(network, part.batch) : part.vectors.value();
            int count = part.batch.count();
            Tensor pictures =
                    vectors[0].mul(gradients[0].narrow(0, from, count)).sum();
            Tensor texts = vectors[1].mul(gradients[1].narrow(0, from, count)).sum();
            pictures.add(texts).backward();
        });
    }

    /** The scale must not run away: at most 100, as in OpenAI's training. */
    private void clampScale() {
        Scope.read(() -> {
            Tensor scale = weights().get("logit_scale");
            if (scale == null) return null; // it does not learn
            scale.clamp_max_(new Scalar(MOST));
            for (Clip network : networks) network.logScale().clamp_max_(new Scalar(MOST));
            return null;
        });
    }
}
