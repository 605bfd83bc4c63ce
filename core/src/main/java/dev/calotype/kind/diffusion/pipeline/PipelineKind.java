package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.checkpoint.adapter.LoraConversion;
import dev.calotype.checkpoint.adapter.LoraConversion.Form;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.WritesAdapters;
import dev.calotype.io.OutputFile;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind of text-to-image pipelines of others that are fine-tuned. */
public final class PipelineKind implements Kind<PipelineExperiment>, WritesAdapters {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineKind.class);
    private static final Story STORY = new Story(
            "This is a text-to-image pipeline of others that has learned more: its denoiser was shown pictures with noise over"
                    + " them and what is said of them, and learned in a few weights beside its own.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public Class<PipelineExperiment> type() {
        return PipelineExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(PipelineExperiment experiment) {
        return Set.of();
    }

    @Override
    public String which(Capability<?> capability) {
        return "the command imagine draws with what was learned of a pipeline";
    }

    @Override
    public boolean readsBase() {
        return true;
    }

    @Override
    public Optional<MemoryPlan> memory(PipelineExperiment experiment) {
        return memory(experiment, Path.of(experiment.training().tune().from()), 0);
    }

    @Override
    public Optional<MemoryPlan> memory(PipelineExperiment experiment, ImageDataset data) {
        CaptionedLatents latents = (CaptionedLatents) data;
        return memory(experiment, latents.place(), latents.texts().size());
    }

    private static Optional<MemoryPlan> memory(PipelineExperiment experiment, Path place, int captions) {
        try {
            return Optional.of(PipelineMemory.plan(experiment, place, captions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void requireTold(PipelineExperiment experiment, ImageDataset data) throws IOException {
        boolean endless = data.size() > Integer.MAX_VALUE; // which is refused for the room that its latents would take
        if (endless) return;
        String prompt = experiment.texts().prompt();
        List<String> texts = CaptionedLatents.texts(data, experiment.texts()).texts();
        if (!prompt.isBlank() && !texts.contains(prompt))
            LOG.warn("All pictures of {} have captions of their own: none is told \"{}\"", data.name(), prompt);
    }

    @Override
    public ImageDataset learnable(PipelineExperiment experiment, ImageDataset data, Path run) throws IOException {
        return TunablePipeline.latents(experiment, data, run);
    }

    @Override
    public Task<?> task(PipelineExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new PipelineTask(experiment, policy, (CaptionedLatents) data);
    }

    @Override
    public boolean isAddable(Path model) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return TunedRun.open(model).wholeWeights().isEmpty();
        }
    }

    @Override
    public List<Path> writeAdapter(Path model, Path out) throws IOException {
        TunedRun run = TunedRun.open(model);
        Optional<LoraFile> factors = run.factors();
        Optional<LearnedWord> word = run.word();
        if (!run.wholeWeights().isEmpty() || factors.isEmpty() && word.isEmpty())
            throw new IOException(
                    model + " has learned whole weights, which no adapter holds: the command imagine draws"
                            + " with the run as it is");
        Path own = factors.isEmpty() ? out : LoraConversion.beside(out, "-word");
        OutputFile.requireNew(out);
        if (word.isPresent()) OutputFile.requireNew(own);
        List<Path> written = new ArrayList<>();
        if (factors.isPresent()) {
            PipelineFiles files = StableDiffusionPipelines.files(run.pipeline(), Additions.NONE);
            LoraConversion.convert(factors.get(), files.networks(), OptionalDouble.empty(), Form.DIFFUSERS, out);
            written.add(out);
        }
        if (word.isEmpty()) return written;
        word.get().write(own);
        written.add(own);
        return written;
    }

    @Override
    public TrainedModel open(PipelineExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group learned = TrainedFile.learned(runOrCheckpoint, experiment);
            return new TunedPipeline(experiment, placement, learned.step(), learned.sha256());
        }
    }

    /**
     * What a pipeline has learned, which is drawn with by the pipeline itself.
     *
     * @param step training steps behind it
     */
    private record TunedPipeline(PipelineExperiment experiment, Placement placement, long step, String hash)
            implements TrainedModel {
        @Override
        public void close() {}
    }
}
