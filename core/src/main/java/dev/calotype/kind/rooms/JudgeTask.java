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
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains the network that reads the attributes of rooms and sees what is wrong with them: the sum of one cross-entropy per
 * attribute, and of one per flaw.
 */
final class JudgeTask implements ObjectiveTask<AttributeNet> {
    private static final int VALIDATION_IMAGES = 200;
    private static final long VALIDATION_SEED = 0x5EED;
    private static final double FLAWS = 2; // what flaws weigh against attributes

    private final JudgeExperiment experiment;
    private final FixedBatch fixed;
    private final Rooms larger;

    JudgeTask(JudgeExperiment experiment, ImageDataset data) {
        this.experiment = experiment;
        if (!(data instanceof Rooms rooms))
            throw new IllegalArgumentException(
                    "data.source of a judge must be rooms, rooms:train or rooms:test: " + data.name());
        larger = rooms.at(AttributeNet.FINE);
        fixed = new FixedBatch(data, experiment.data().preparation(), VALIDATION_IMAGES, VALIDATION_SEED);
    }

    @Override
    public AttributeNet network(Rng rng) {
        return new AttributeNet(experiment.network(), RoomsJudge.outputs(), rng);
    }

    @Override
    public Objective<AttributeNet> objective() {
        return (network, batch, rng) -> BatchLoss.of(loss(network, batch, experiment.noise(), rng));
    }

    @Override
    public Appraisal appraise(AttributeNet averaged) {
        Rng rng = Rng.of(0);
        return Appraisal.of(fixed.get()
                .mean(
                        experiment.training().largestPart(),
                        part -> Scope.read(() -> loss(averaged, part, 0, rng).item_double())));
    }

    private Tensor loss(AttributeNet network, Batch batch, double noise, Rng rng) {
        return Scope.tidy(() -> {
            Lesson lesson = lesson(batch, noise, rng).on(Device.of(network));
            Tensor outputs = network.outputs(network.features(lesson.bands())); // (N, V + F + 1)
            Tensor told = Device.of(network).zeros();
            int from = 0;
            for (RoomAttribute attribute : RoomAttribute.values()) {
                int count = attribute.choices().size();
                Tensor logs = torch.log_softmax(AttributeNet.slice(outputs, from, count), 1);
                told = told.sub(logs.mul(AttributeNet.slice(lesson.values(), from, count))
                        .sum());
                from += count;
            }
            Tensor flaws =
                    AttributeNet.slice(outputs, from, (int) lesson.flaws().size(1)); // (N, F + 1)
            Tensor missed = torch.softplus(flaws).sub(flaws.mul(lesson.flaws())).mul(lesson.known()); // cross-entropy
            double rooms = 1.5 * batch.count(); // that are as they are
            return Tensors.combine(1 / rooms, told, FLAWS / lesson.flaws().size(0), missed.sum());
        });
    }

    /** Without gradients; its tensors belong to the caller's scope. */
    private Lesson lesson(Batch batch, double noise, Rng rng) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return Lesson.of(batch, larger, noise, rng);
        }
    }
}
