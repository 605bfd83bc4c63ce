package dev.calotype.judge;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.vit.VitFile;
import dev.calotype.data.ReadOptions;
import dev.calotype.io.NearestName;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.InceptionV3;
import dev.calotype.model.InceptionV3.Input;
import dev.calotype.model.LeNet;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.model.PerceptualNetwork.Architecture;
import dev.calotype.model.PerceptualNetwork.Version;
import dev.calotype.model.ResNetCifar;
import dev.calotype.model.Scattering;
import dev.calotype.model.TorchScriptFeatures;
import dev.calotype.model.TorchScriptFeatures.Range;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The networks that pictures are judged with, by the names that recipes and the command line use. */
public final class FeatureNetworks {
    /** The file of pytorch-fid's weights, which stands for the network of papers. */
    public static final String INCEPTION_FILE = "pt_inception-2015-12-05-6726825d.pth";

    private static final String INCEPTION = "inception", GUIDED = "guided-diffusion";

    private static final String NAMES =
            "scattering, rooms, rooms:FILE, inception, inception:FILE, guided-diffusion, guided-diffusion:FILE, lenet:FILE,"
                    + " resnet-cifar:FILE, vit:PATH or torchscript:FILE";

    private static final List<String> KINDS =
            List.of(Scattering.NAME, "rooms", INCEPTION, GUIDED, "lenet", "resnet-cifar", "vit", "torchscript");

    private FeatureNetworks() {}

    /**
     * Opens a network on {@code device}. It computes in fp32 on any: scores are to compare. Nothing is downloaded:
     * {@code inception} without a file looks for {@value #INCEPTION_FILE} in Calotype's cache folder and in PyTorch's.
     *
     * @param name {@code scattering}, {@code rooms}, {@code rooms:FILE}, {@code inception}, {@code inception:FILE}, {@code guided-diffusion} and {@code guided-diffusion:FILE}
     *     (the same weights with the input of OpenAI's evaluator), {@code lenet:FILE} (MNIST),
     *     {@code resnet-cifar:FILE} (CIFAR-10), {@code vit:PATH} (a folder of transformers, or a file of {@code judge export}) or {@code torchscript:FILE}, which may end in {@code ,range=bytes},
     *     {@code ,range=signed} and {@code ,size=224}; a TorchScript file is a program that is run
     * @throws IOException if the weights cannot be read
     */
    public static FeatureNetwork open(String name, Device device) throws IOException {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        if (name.equals(Scattering.NAME)) return new Scattering(device);
        if (name.equals("rooms")) return RoomsJudge.builtIn(device);
        if (name.equals(INCEPTION) || name.equals(GUIDED)) return inception(knownInception(name), input(name), device);
        if (colon < 0 || !KINDS.contains(kind))
            throw new IllegalArgumentException(
                    "the feature network must be " + NAMES + NearestName.hint(kind, KINDS) + ": " + name);
        String file = name.substring(colon + 1);
        if (kind.equals("rooms")) return RoomsJudge.read(Path.of(file), device);
        if (kind.equals(INCEPTION) || kind.equals(GUIDED)) return inception(Path.of(file), input(kind), device);
        if (kind.equals("torchscript")) return torchScript(file, device);
        if (kind.equals("vit")) return VitFile.open(Path.of(file), new Placement(device, Precision.FP32));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = weights(Path.of(file), device);
            return kind.equals("lenet") ? LeNet.of(weights) : ResNetCifar.of(weights);
        }
    }

    /** A name with what tells the network of today from that of another version, where Calotype brings its weights. */
    public static String identity(String name) {
        return name.equals("rooms") ? name + " " + RoomsJudge.version() : name;
    }

    /**
     * Opens what {@link Measure#LPIPS} needs, on {@code device}.
     *
     * @param name {@code alex}, {@code vgg} or {@code squeeze}
     * @param backbone torchvision's weights of that classifier
     * @param linear the linear layers of version 0.1
     */
    public static PerceptualNetwork perceptual(String name, Path backbone, Path linear, Device device)
            throws IOException {
        Architecture architecture = Kebab.parse(Architecture.class, name);
        if (architecture == null)
            throw new IllegalArgumentException(
                    "the network of lpips must be " + Kebab.list(Architecture.values()) + ": " + name);
        try (PointerScope scope = new PointerScope()) {
            return PerceptualNetwork.of(architecture, Version.V0_1, weights(backbone, device), weights(linear, device));
        }
    }

    private static FeatureNetwork inception(Path file, Input input, Device device) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return InceptionV3.of(weights(file, device), input);
        }
    }

    private static Input input(String kind) {
        return kind.equals(GUIDED) ? Input.TENSORFLOW : Input.PYTORCH_FID;
    }

    private static Map<String, Tensor> weights(Path file, Device device) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>(WeightFile.read(file));
        weights.replaceAll((name, weight) -> device.move(weight));
        return weights;
    }

    private static Path knownInception(String kind) throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        List<Path> folders = List.of(
                ReadOptions.channels(3).cache(), home.resolve(Path.of(".cache", "torch", "hub", "checkpoints")));
        for (Path folder : folders)
            if (Files.isRegularFile(folder.resolve(INCEPTION_FILE))) return folder.resolve(INCEPTION_FILE);
        throw new IOException("the weights of " + kind + " are not here: put " + INCEPTION_FILE
                + " (a release file of github.com/mseitzer/pytorch-fid) into " + folders.get(0)
                + ", or name it: " + kind + ":FILE");
    }

    private static FeatureNetwork torchScript(String text, Device device) throws IOException {
        String[] parts = text.split(",", -1);
        Range range = Range.UNIT;
        int size = 0;
        for (int i = 1; i < parts.length; i++) {
            String value = parts[i].substring(parts[i].indexOf('=') + 1);
            if (parts[i].startsWith("range=") && Kebab.parse(Range.class, value) != null)
                range = Kebab.parse(Range.class, value);
            else if (parts[i].matches("size=\\d{1,4}")) size = Integer.parseInt(value);
            else
                throw new IllegalArgumentException("a TorchScript file is followed by range="
                        + String.join("|", "bytes", "unit", "signed") + " and size=PIXELS: " + parts[i]);
        }
        return TorchScriptFeatures.open(Path.of(parts[0]), new TorchScriptFeatures.Input(range, size), device);
    }
}
