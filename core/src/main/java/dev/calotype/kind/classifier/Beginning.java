package dev.calotype.kind.classifier;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.vit.PretrainedVit;
import dev.calotype.checkpoint.vit.VitTransfer;
import dev.calotype.experiment.Experiment;
import dev.calotype.model.ClassifierNetwork;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vivit.ImageStart;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.nn.Blank;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Precision;
import dev.calotype.train.GradientStep.PartRates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a classifier begins with, instead of random weights. One of clips begins with a network for pictures, as {@link ImageStart} and
 * {@code network.start} say.
 *
 * @param from a run or checkpoint of a classifier, a folder of transformers, a file of timm's weights or of {@code judge export}; empty
 *     for random weights
 * @param bodyRate the share of the learning rate that all but the head learn with, 0..1; 0 to train the head alone
 */
public record Beginning(String from, double bodyRate) {
    private static final Logger LOG = LoggerFactory.getLogger(Beginning.class);
    private static final String RECIPE = "experiment.yaml";

    public Beginning {
        Check.range("bodyRate", bodyRate, 0, 1);
    }

    boolean isRandom() {
        return from.isEmpty();
    }

    /** How fast the parts learn. */
    PartRates rates() {
        return bodyRate == 1 ? PartRates.EVEN : new PartRates(Map.of("", bodyRate, "head", 1.0));
    }

    /** Throws IllegalArgumentException if there is nothing to begin with. */
    void requireThere() {
        Check.that(
                isRandom() || Files.exists(Path.of(from)),
                "init.from must be a run, a folder or a file of weights",
                from);
    }

    /**
     * Gives a fresh network its weights.
     *
     * @throws IllegalArgumentException if they cannot be read, or do not fit
     */
    void into(ClassifierNetwork network, List<String> classes) {
        if (isRandom()) return;
        if (!Files.exists(Path.of(from))) { // of a run that goes on: its checkpoint has the weights
            LOG.info("init.from is not there any more, and not needed: {}", from);
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            PretrainedVit other = read(Path.of(from));
            VisionTransformer pictures =
                    network instanceof Vivit video ? sameFor(video, other.network()) : (VisionTransformer) network;
            List<String> known = network instanceof Vivit ? List.of() : classes;
            List<String> lacking = VitTransfer.begin(pictures, known, other);
            if (network instanceof Vivit video) ImageStart.apply(video, pictures);
            int before = other.network().ports().size(), now = pictures.ports().size();
            if (before != now) LOG.info("{}: the positions are resized from {} px to {} px", from, before, now);
            if (!lacking.isEmpty())
                LOG.info(
                        "{}: {} of {} classes are new to it, such as {}",
                        from,
                        lacking.size(),
                        classes.size(),
                        lacking.get(0));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("init.from: " + e.getMessage(), e);
        }
    }

    /** A network like one for pictures, without classes, for pictures of the size that a network for clips sees. */
    private static VisionTransformer sameFor(Vivit video, VisionTransformer other) {
        int size = video.ports().size(), channels = video.ports().channels();
        return new VisionTransformer(other.config(), new VisionTransformerConfig.Ports(size, channels, 0));
    }

    private static PretrainedVit read(Path path) throws IOException {
        boolean own = Files.isDirectory(path)
                ? Files.exists(path.resolve(RECIPE))
                : path.toString().endsWith(".safetensors") && TrainedFile.isCheckpoint(path);
        return own ? trained(path) : VitTransfer.read(path);
    }

    private static PretrainedVit trained(Path path) throws IOException {
        Experiment experiment = TrainedFile.experiment(path);
        if (!(experiment instanceof ClassifierExperiment classifier)
                || !(classifier.network() instanceof Architecture.Pictures shape))
            throw new IllegalArgumentException(path + " is no classifier of pictures");
        Checkpoint.Group averages = TrainedFile.averages(path, classifier);
        VisionTransformer network = Weights.made(
                averages.stored(),
                () -> Blank.make(() ->
                        shape.unread(classifier.data(), classifier.classes().size())));
        Weights.load(network, averages.stored(), Precision.FP32);
        int channels = classifier.data().channels();
        return new PretrainedVit(network, classifier.classes(), Standardization.signed(channels));
    }
}
