package dev.calotype.kind.clip;

import dev.calotype.checkpoint.Digest;
import dev.calotype.data.Preparation;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.embedding.ClipTexts;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.EncodesPicturesAndTexts;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.vit.Standardization;
import dev.calotype.nn.Blank;
import dev.calotype.run.KnownTextEncoder;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.text.Tokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Both encoders out of a run or a checkpoint, with the averaged weights.
 *
 * @param reader what texts are read by, owned
 * @param step training steps behind the weights
 */
record TrainedClip(
        ClipExperiment experiment,
        Scope.Owned<Clip> memory,
        ClipEncoder own,
        Closeable reader,
        Placement placement,
        long step)
        implements EncodesPicturesAndTexts {
    static TrainedClip open(ClipExperiment experiment, Path source, Placement placement) throws IOException {
        if (!experiment.text().frozen().used()) {
            Tokenizer tokenizer = experiment.text().tokenizer();
            return open(experiment, source, placement, new ClipTexts.Ids(tokenizer), tokenizer::close);
        }
        FrozenText frozen = experiment.text().frozen();
        Placement exact = new Placement(placement.device(), Precision.FP32);
        var reader = new KnownTextEncoder(frozen.encoder(), source, frozen.hash(), exact);
        return open(experiment, source, placement, new ClipTexts.Frozen(reader), reader);
    }

    private static TrainedClip open(
            ClipExperiment experiment, Path source, Placement placement, ClipTexts texts, Closeable reader)
            throws IOException {
        Tokenizer tokenizer = texts instanceof ClipTexts.Ids ids ? ids.tokenizer() : null;
        Supplier<Clip> unread = () -> Blank.make(() -> new Clip(experiment.config(tokenizer)));
        try {
            return TrainedFile.open(source, experiment, placement, unread, (network, averages) -> {
                Preparation square = new Preparation(
                        experiment.data().size(), experiment.data().channels(), Preparation.Flip.NONE);
                String frozen = experiment.text().frozen().hash();
                String hash = frozen.isEmpty() ? averages.sha256() : Digest.of(averages.sha256() + frozen);
                ClipEncoder encoder = new ClipEncoder(
                        network,
                        texts,
                        picture -> square.apply(picture, Rng.of(0)),
                        Standardization.signed(experiment.data().channels()),
                        hash,
                        hash,
                        experiment.training().largestPart());
                return new TrainedClip(experiment, network, encoder, reader, placement, averages.step());
            });
        } catch (IOException | RuntimeException e) {
            reader.close();
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
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
