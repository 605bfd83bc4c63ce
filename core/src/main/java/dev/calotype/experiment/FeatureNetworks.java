package dev.calotype.experiment;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.LeNet;
import dev.calotype.model.ResNetCifar;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The networks that pictures are judged with, by the names that recipes and the command line use. */
public final class FeatureNetworks {
    private FeatureNetworks() {}

    /**
     * Opens a network on {@code device}. It computes in fp32 on any: scores are to compare.
     *
     * @param name {@code rooms}, {@code rooms:FILE}, {@code lenet:FILE} (MNIST) or {@code resnet-cifar:FILE} (CIFAR-10)
     * @throws IOException if the weights cannot be read
     */
    public static FeatureNetwork open(String name, Device device) throws IOException {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        if (name.equals("rooms")) return RoomsJudge.builtIn(device);
        if (colon < 0)
            throw new IllegalArgumentException(
                    "the feature network must be rooms, rooms:FILE, lenet:FILE or resnet-cifar:FILE: " + name);
        Path file = Path.of(name.substring(colon + 1));
        if (kind.equals("rooms")) return RoomsJudge.read(file, device);
        try (PointerScope scope = new PointerScope()) {
            return switch (kind) {
                case "lenet" -> LeNet.of(weights(file, device));
                case "resnet-cifar" -> ResNetCifar.of(weights(file, device));
                default ->
                    throw new IllegalArgumentException(
                            "the feature network must be rooms, rooms:FILE, lenet:FILE or resnet-cifar:FILE: " + name);
            };
        }
    }

    private static Map<String, Tensor> weights(Path file, Device device) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>(WeightFile.read(file));
        weights.replaceAll((name, weight) -> device.move(weight));
        return weights;
    }
}
