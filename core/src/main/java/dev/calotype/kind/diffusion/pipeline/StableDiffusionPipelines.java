package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import dev.calotype.checkpoint.original.OriginalFile;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.PipelineInventory.Part;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The pipelines of Stable Diffusion 1, 2, XL and 3, and of other {@link PipelineFamily families}, found as a service. */
public final class StableDiffusionPipelines implements TextPipelines {
    private static final List<String> TYPES =
            List.of("unet", "transformer", "vae", "text_encoder", "text_encoder_2", "text_encoder_3");

    @Override
    public boolean isOne(Path path) {
        return PipelineFolder.is(path)
                || TunedRun.is(path)
                || OriginalFile.is(path)
                || family(path).isPresent();
    }

    @Override
    public boolean readsTexts(Path path) throws IOException {
        return PipelineFolder.readsTexts(path)
                || TunedRun.is(path)
                || OriginalFile.is(path)
                || family(path).isPresent();
    }

    /** The other family that a path is of. */
    private static Optional<PipelineFamily> family(Path path) {
        for (PipelineFamily family : ServiceLoader.load(PipelineFamily.class, PipelineFamily.class.getClassLoader()))
            if (family.isOne(path)) return Optional.of(family);
        return Optional.empty();
    }

    @Override
    public TextPipeline open(Path path, Additions additions) throws IOException {
        Optional<PipelineFamily> family = family(path);
        if (family.isPresent()) return family.get().open(path, additions);
        if (additions.prior().isPresent())
            throw new IllegalArgumentException("a prior would do nothing: " + path + " is a pipeline without one");
        PipelineFiles files = files(path, additions);
        return files.joint() ? JointPipeline.open(files) : TextToImage.open(files);
    }

    static PipelineFiles files(Path path, Additions additions) throws IOException {
        boolean tuned = !PipelineFolder.is(path) && TunedRun.is(path);
        List<Adapter> adapters = new ArrayList<>(additions.adapters());
        if (tuned) adapters.add(0, new Adapter(path, 1));
        Path plain = tuned ? TunedRun.open(path).pipeline() : path;
        return AdaptedFiles.of(plain(plain, additions.ofOneFile()), adapters, additions.embeddings());
    }

    private static PipelineFiles plain(Path path, Additions additions) throws IOException {
        if (Files.isRegularFile(path)) return PipelineFile.open(path, additions);
        if (!additions.equals(Additions.NONE))
            throw new IllegalArgumentException(
                    "a tokenizer, a prediction and a choice of weights are of pipelines in one" + " file: " + path
                            + " is a folder, which has its own");
        return PipelineFolder.open(path);
    }

    @Override
    public PipelineInventory inventory(Path path) throws IOException {
        Optional<PipelineFamily> family = family(path);
        if (family.isPresent()) return family.get().inventory(path);
        PipelineFiles files = files(path, Additions.NONE);
        List<Part> parts = new ArrayList<>();
        for (String name : TYPES)
            if (files.has(name))
                (files instanceof PipelineFolder folder ? part(folder, name) : Optional.of(part(files, name)))
                        .ifPresent(parts::add);
        List<String> missing = files.missing();
        if (!missing.isEmpty())
            return new PipelineInventory(files.type(), parts, missing, List.of(), "", files.notes());
        TextPipeline model = files.joint() ? JointPipeline.open(files) : TextToImage.open(files);
        int[] size = model.size();
        return new PipelineInventory(
                files.type(), parts, missing, List.of(size[0], size[1]), model.sampling(Map.of()), model.notes());
    }

    @Override
    public Experiment tuning(Path path, String data, Method method, List<String> overrides) throws IOException {
        return TunablePipeline.recipe(path, data, method, overrides);
    }

    @Override
    public String fingerprint(Path path) throws IOException {
        return TunablePipeline.hash(files(path, Additions.NONE));
    }

    @Override
    public boolean isTuned(Experiment experiment) {
        return experiment instanceof PipelineExperiment;
    }

    private static Part part(PipelineFiles files, String name) throws IOException {
        long numbers = 0, bytes = 0;
        for (StoredTensor tensor : files.network(name).weights().values()) {
            numbers += tensor.count();
            bytes += tensor.count() * tensor.type().bytes();
        }
        return new Part(name, files.parts().get(name), numbers, bytes);
    }

    private static Optional<Part> part(PipelineFolder folder, String name) throws IOException {
        Path file;
        try {
            file = StoredNetwork.weightsIn(folder.path().resolve(name));
        } catch (IOException e) {
            return Optional.empty(); // which the list of what is missing says
        }
        long numbers = WeightFile.stored(file).values().stream()
                .mapToLong(StoredTensor::count)
                .sum();
        return Optional.of(new Part(name, folder.parts().get(name), numbers, WeightFolder.bytes(file)));
    }
}
