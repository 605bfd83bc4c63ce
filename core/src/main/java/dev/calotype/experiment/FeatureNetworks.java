package dev.calotype.experiment;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.LeNet;
import dev.calotype.model.ResNetCifar;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** The networks that pictures are judged with, by the names that recipes and the command line use. */
public final class FeatureNetworks {
    private FeatureNetworks() {}

    /**
     * Opens a network.
     *
     * @param name {@code rooms}, {@code rooms:FILE}, {@code lenet:FILE} (MNIST) or {@code resnet-cifar:FILE} (CIFAR-10)
     * @throws IOException if the weights cannot be read
     */
    public static FeatureNetwork open(String name) throws IOException {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        if (name.equals("rooms")) return RoomsJudge.builtIn();
        if (colon < 0)
            throw new IllegalArgumentException(
                    "the feature network must be rooms, lenet:FILE or resnet-cifar:FILE: " + name);
        Path file = Path.of(name.substring(colon + 1));
        if (kind.equals("rooms")) return RoomsJudge.read(file);
        try (PointerScope scope = new PointerScope()) {
            return switch (kind) {
                case "lenet" -> LeNet.of(WeightFile.read(file));
                case "resnet-cifar" -> ResNetCifar.of(WeightFile.read(file));
                default ->
                    throw new IllegalArgumentException(
                            "the feature network must be rooms, lenet:FILE or resnet-cifar:FILE: " + name);
            };
        }
    }
}
