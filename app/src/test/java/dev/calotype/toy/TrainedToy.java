package dev.calotype.toy;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** An autoencoder out of a run, which draws what random codes stand for. */
record TrainedToy(
        ToyExperiment experiment, Scope.Owned<Autoencoder> memory, Placement placement, long step, String hash)
        implements DrawsImages {
    static TrainedToy open(ToyExperiment experiment, Path source, Placement placement) throws IOException {
        Scope.Owned<Autoencoder> network = Scope.own(() -> experiment.autoencoder(Rng.of(0)));
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            Weights.load(network.value(), averages.tensors());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            return new TrainedToy(experiment, network, placement, averages.step(), averages.sha256());
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    @Override
    public Drawing drawing(Request request) {
        experiment.condition().requireClass(request.label());
        return new Codes(experiment, memory.value(), request).within(memory);
    }

    /** Image i of a seed is what code i of it stands for. */
    record Codes(ToyExperiment experiment, Autoencoder network, Request request) implements Drawing {
        @Override
        public String name() {
            return experiment.name() + " " + request;
        }

        @Override
        public long seed() {
            return request.seed();
        }

        @Override
        public DataSettings data() {
            return experiment.data();
        }

        @Override
        public Tensor images(long first, int count) {
            double spread = ((ToySampling) request.sampling()).spread();
            return Scope.inference(() -> {
                Tensor z = Rng.images(request.seed(), first, count).normal(count, network.code()); // (N, code)
                return network.decode(
                        Device.of(network).move(Tensors.scale(spread, z).tanh())); // (N, C, H, W)
            });
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
