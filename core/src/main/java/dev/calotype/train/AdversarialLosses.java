package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.model.Condition;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.model.StyleGenerator;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** The losses of both players on one share of a batch: each adds its gradients, of which the sum is that of the batch. */
record AdversarialLosses(AdversarialStep.Players players, AdversarialStep.Rules rules) {
    private static final long LATENT = 1,
            REAL = 2,
            FAKE = 3,
            BETWEEN = 4,
            GENERATED = 5,
            INNER = 6,
            PATH = 7; // streams of a share

    /** Adds the gradients of the discriminator's mean loss over the whole batch that come from one share. */
    Turn judge(int worker, Batch batch, int total, Rng shareRng) {
        DiscriminatorNetwork d = players.discriminators().get(worker);
        Condition condition = Condition.ofLabels(batch.labels());
        double share = (double) batch.count() / total;
        Turn[] turn = new Turn[1];
        Scope.run(() -> {
            Tensor real = batch.images(Device.of(d)); // (N, C, H, W)
            Tensor fake = Scope.inference(() -> draw(worker, batch, shareRng, condition));
            Tensor onReal = d.forward(rules.augmentation().apply(real, shareRng.fork(REAL)), condition); // (N)
            Tensor onFake = d.forward(rules.augmentation().apply(fake, shareRng.fork(FAKE)), condition); // (N)
            Tensor loss = rules.loss().discriminator(onReal, onFake, rules.smoothing());
            if (rules.penalty().constant()) loss = loss.add(penalty(d, condition, real, fake, shareRng));
            Tensors.scale(share, loss).backward();
            double value = loss.item_double();
            turn[0] = Scope.read(() -> Turn.of(
                    share,
                    value,
                    rules.loss().boundary(onReal, onFake),
                    new Turn.Sides(onReal, onFake),
                    new Turn.Sides(real, fake)));
        });
        return turn[0];
    }

    /** Adds the gradients of the generator's mean loss over the whole batch that come from one share. */
    double generate(int worker, Batch batch, int total, Rng shareRng) {
        DiscriminatorNetwork d = players.discriminators().get(worker);
        Condition condition = Condition.ofLabels(batch.labels());
        Rng own = shareRng.fork(GENERATED);
        return backward((double) batch.count() / total, () -> {
            Tensor fake = draw(worker, batch, own, condition); // (N, C, H, W)
            Tensor onFake = d.forward(rules.augmentation().apply(fake, own.fork(FAKE)), condition); // (N)
            return rules.loss().generator(onFake);
        });
    }

    /** Adds the gradients of the discriminator's lazy penalty that come from one share, and returns its part. */
    double slope(int worker, Batch batch, int total, Rng own) {
        DiscriminatorNetwork d = players.discriminators().get(worker);
        Condition condition = Condition.ofLabels(batch.labels());
        return backward((double) batch.count() / total, () -> {
            Tensor real = batch.images(Device.of(d)); // (N, C, H, W)
            Tensor fake = rules.penalty().kind() == SlopePenalty.Kind.R1
                    ? real
                    : Scope.inference(() -> draw(worker, batch, own, condition)); // (N, C, H, W)
            return penalty(d, condition, real, fake, own);
        });
    }

    /** Of slopes through the changes that images undergo before they are judged, as differentiable augmentation has it. */
    private Tensor penalty(DiscriminatorNetwork d, Condition condition, Tensor real, Tensor fake, Rng own) {
        UnaryOperator<Tensor> judge = x -> d.forward(rules.augmentation().apply(x, own.fork(REAL)), condition); // (N)
        return rules.penalty().of(judge, real, fake, own.fork(BETWEEN));
    }

    /** Adds the gradients of the generator's path lengths that come from half of one share, and returns their part. */
    double path(int worker, Batch batch, int total, PathLength length, Rng shareRng) {
        StyleGenerator g = (StyleGenerator) players.generators().get(worker);
        int count = Math.max(1, batch.count() / 2);
        Rng own = shareRng.fork(PATH);
        return backward((double) batch.count() / total, () -> {
            Tensor z = Device.of(players.generators().get(worker))
                    .move(own.fork(LATENT).normal(count, g.latent())); // (N / 2, latent)
            return length.penalty(g, z, own.fork(INNER));
        });
    }

    /** Adds the gradients of {@code share} times a loss, and returns that number. */
    private static double backward(double share, Supplier<Tensor> loss) {
        double[] value = new double[1];
        Scope.run(() -> {
            Tensor part = Tensors.scale(share, loss.get());
            part.backward();
            value[0] = part.item_double();
        });
        return value[0];
    }

    private Tensor draw(int worker, Batch batch, Rng turn, Condition condition) {
        GeneratorNetwork g = players.generators().get(worker);
        Tensor z = Device.of(g).move(turn.fork(LATENT).normal(batch.count(), g.latent())); // (N, latent)
        return g.forTraining(z, condition, turn.fork(INNER)); // (N, C, H, W)
    }
}
