package dev.calotype.kind.clip;

import dev.calotype.data.Preparation;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.EncodesPicturesAndTexts;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.vit.Standardization;
import dev.calotype.nn.Blank;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Both encoders out of a run or a checkpoint, with the averaged weights.
 *
 * @param step training steps behind the weights
 */
record TrainedClip(ClipExperiment experiment, Scope.Owned<Clip> memory, ClipEncoder own, Placement placement, long step)
        implements EncodesPicturesAndTexts {
    static TrainedClip open(ClipExperiment experiment, Path source, Placement placement) throws IOException {
        Tokenizer tokenizer = experiment.text().tokenizer();
        Supplier<Clip> unread = () -> Blank.make(() -> new Clip(experiment.config(tokenizer)));
        try {
            return TrainedFile.open(source, experiment, placement, unread, (network, averages) -> {
                Preparation square = new Preparation(
                        experiment.data().size(), experiment.data().channels(), Preparation.Flip.NONE);
                ClipEncoder encoder = new ClipEncoder(
                        network,
                        tokenizer,
                        picture -> square.apply(picture, Rng.of(0)),
                        Standardization.signed(experiment.data().channels()),
                        averages.sha256(),
                        experiment.training().largestPart(experiment.training().accumulate()));
                return new TrainedClip(experiment, network, encoder, placement, averages.step());
            });
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public Encoder encoder() {
        return own;
    }

    @Override
    public String hash() {
        return own.hash();
    }

    @Override
    public void close() {
        memory.close();
        own.tokenizer().close();
    }
}
