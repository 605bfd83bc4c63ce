package dev.calotype.kind.clip;

import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.embedding.TextEncoderFile;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.run.TextReader;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kind of encoders that put pictures and captions into one space. */
public final class ClipKind implements Kind<ClipExperiment> {
    private static final Story STORY = new Story(
            "This is a CLIP: an image encoder and a text encoder whose vectors lie near each other where a caption tells of a"
                    + " picture. Its loss is the surprise at which caption of a batch belongs to which picture; that of a"
                    + " larger batch is higher.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "clip";
    }

    @Override
    public Class<ClipExperiment> type() {
        return ClipExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(ClipExperiment experiment) {
        return Set.of(Capability.ENCODES_PICTURES_AND_TEXTS);
    }

    @Override
    public Map<String, Path> reads(ClipExperiment experiment) {
        String encoder = experiment.text().frozen().encoder();
        boolean file = experiment.text().frozen().used() && !TextEncoderFile.isName(encoder);
        return file ? Map.of("text encoder", Path.of(encoder)) : Map.of();
    }

    @Override
    public boolean wantsCaptions(ClipExperiment experiment) {
        return true;
    }

    @Override
    public ImageDataset learnable(ClipExperiment experiment, ImageDataset data, Path run) throws IOException {
        ImageDataset captioned = CaptionedPictures.of(data);
        if (!experiment.text().frozen().used()) return captioned;
        Placement exact = new Placement(experiment.training().placement().device(), Precision.FP32); // the same for all
        TextReader reader = TextReader.open(experiment.text().frozen().encoder(), run, exact);
        return new ReadCaptions(captioned, reader.encoder(), reader);
    }

    /** Some steps read whole captions, or nearly. */
    @Override
    public ClipExperiment largest(ClipExperiment experiment) {
        if (experiment.text().sentences() == Sentences.ALL) return experiment;
        return (ClipExperiment) Recipe.with(experiment, List.of("text.sentences=all"));
    }

    @Override
    public Task<?> task(ClipExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new ClipTask(experiment, data);
    }

    @Override
    public TrainedModel open(ClipExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedClip.open(experiment, runOrCheckpoint, placement);
    }
}
