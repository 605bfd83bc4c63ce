package dev.calotype.kind.clip;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.ClipEncoder;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.embedding.TextVectors;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Task;
import dev.calotype.model.clip.Clip;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
import dev.calotype.train.ContrastiveStep;
import dev.calotype.train.Learner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains both encoders together; validation is the loss of 256 pairs that stay the same. */
final class ClipTask implements Task<Clip> {
    private static final Logger LOG = LoggerFactory.getLogger(ClipTask.class);
    private static final int VALIDATION_PAIRS = 256;
    private static final long VALIDATION_SEED = 0x5EED;
    private static final int LENGTHS = 8;

    private final ClipExperiment experiment;
    private final Tokenizer tokenizer; // null with a frozen text encoder
    private final TextVectors frozen; // null without
    private final TextVectors judged; // those that no worker remembers, on its number of threads; null without
    private final FixedBatch fixed;
    private final AtomicBoolean told = new AtomicBoolean();

    ClipTask(ClipExperiment experiment, ImageDataset data) {
        this.experiment = experiment;
        frozen = vectors(data);
        judged = vectors(data);
        try {
            tokenizer = frozen == null ? experiment.text().tokenizer() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int pairs = (int) Math.min(VALIDATION_PAIRS, data.size());
        fixed = new FixedBatch(data, experiment.data().preparation(), pairs, VALIDATION_SEED);
    }

    @Override
    public Clip network(Rng rng) {
        return new Clip(experiment.config(tokenizer), rng);
    }

    @Override
    public Learner learner(Setting setting) {
        ContrastiveStep step = new ContrastiveStep(
                batch -> texts(batch, frozen),
                setting.replicas(this::network),
                setting.placement().precision(),
                setting.options(),
                setting.rate());
        return new CaptionLearner(step, experiment.text().sentences(), setting.noise());
    }

    private static TextVectors vectors(ImageDataset data) {
        return data instanceof ReadCaptions read ? new TextVectors(read.encoder()) : null;
    }

    private Tensor texts(Batch batch, TextVectors vectors) {
        return vectors == null ? ids(batch) : vectors.of(batch.captions());
    }

    /**
     * The ids of a batch's captions, int64 (N, L) with L what the longest needs, in eights: the engine compiles and keeps kernels for every
     * length that it meets.
     */
    private Tensor ids(Batch batch) {
        Tokens rows = tokenizer.rows(batch.captions(), experiment.text().context());
        if (rows.cut() > 0 && !told.getAndSet(true))
            LOG.warn("Captions are longer than text.context: {}, in one part of a batch", rows.cutInWords());
        int longest = Arrays.stream(rows.lengths()).max().orElseThrow();
        Tensor ids = ClipEncoder.ids(rows);
        int length = Math.min(experiment.text().context(), (longest + LENGTHS - 1) / LENGTHS * LENGTHS);
        return tokenizer.end() < 0 ? ids : ids.narrow(1, 0, length).contiguous();
    }

    @Override
    public Appraisal appraise(Clip averaged) {
        int part = experiment.training().largestPart();
        return Appraisal.of(Scope.read(() -> {
            List<Tensor> pictures = new ArrayList<>(), texts = new ArrayList<>();
            Batch all = fixed.get();
            for (Batch some : all.atMost(part)) {
                Device device = Device.of(averaged);
                pictures.add(Scope.tidy(() -> averaged.pictures(some.images(device)))); // (n, E)
                texts.add(Scope.tidy(() -> averaged.texts(device.move(texts(some, judged))))); // (n, E)
            }
            return ContrastiveStep.loss(
                    averaged,
                    Tensors.cat(0, pictures.toArray(Tensor[]::new)),
                    Tensors.cat(0, texts.toArray(Tensor[]::new)));
        }));
    }
}
