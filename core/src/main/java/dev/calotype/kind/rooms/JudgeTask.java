package dev.calotype.kind.rooms;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.model.AttributeNet;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Trains the classifier that reads the attributes of rooms: the sum of one cross-entropy per attribute. */
final class JudgeTask implements ObjectiveTask<AttributeNet> {
    private static final int VALIDATION_IMAGES = 1000;
    private static final long VALIDATION_SEED = 0x5EED;

    private final JudgeExperiment experiment;
    private final FixedBatch fixed;

    JudgeTask(JudgeExperiment experiment, ImageDataset data) {
        this.experiment = experiment;
        Check.that(
                data instanceof Rooms, "data.source of a judge must be rooms, rooms:train or rooms:test", data.name());
        fixed = new FixedBatch(data, experiment.data().preparation(), VALIDATION_IMAGES, VALIDATION_SEED);
    }

    @Override
    public AttributeNet network(Rng rng) {
        return new AttributeNet(experiment.network(), RoomsJudge.logits(), rng);
    }

    @Override
    public Objective<AttributeNet> objective() {
        return (network, batch, rng) -> BatchLoss.of(loss(network, batch, rng, experiment.noise()));
    }

    @Override
    public Appraisal appraise(AttributeNet averaged) {
        return Appraisal.of(
                Scope.read(() -> loss(averaged, fixed.get(), Rng.of(0), 0).item_double()));
    }

    private static Tensor loss(AttributeNet network, Batch batch, Rng rng, double noise) {
        return Scope.tidy(() -> {
            Device device = Device.of(network);
            Tensor clean = batch.images(device); // (N, 3, 32, 32)
            Tensor x = noise == 0 ? clean : Tensors.combine(1, clean, noise, rng.normalLike(clean));
            Tensor logits = network.logits(network.features(x)); // (N, logits)
            Tensor total = device.zeros();
            int from = 0;
            for (RoomAttribute attribute : RoomAttribute.values()) {
                int count = attribute.choices().size();
                Tensor truth = device.move(Tensors.of(truth(batch, attribute)));
                total = total.add(torch.cross_entropy_loss(AttributeNet.slice(logits, from, count), truth));
                from += count;
            }
            return total;
        });
    }

    private static int[] truth(Batch batch, RoomAttribute attribute) {
        return batch.attributes().stream()
                .mapToInt(attributes -> attribute.index(attributes.get(attribute.key())))
                .toArray();
    }
}
