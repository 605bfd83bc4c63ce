package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.PipelineInventory.Part;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pipelines of Stable Diffusion 1, 2 and XL, found as a service. */
public final class StableDiffusionPipelines implements TextPipelines {
    private static final List<String> TYPES = List.of("unet", "vae", "text_encoder", "text_encoder_2");

    @Override
    public boolean isOne(Path folder) {
        return PipelineFolder.is(folder);
    }

    @Override
    public TextPipeline open(Path folder) throws IOException {
        return TextToImage.open(folder);
    }

    @Override
    public PipelineInventory inventory(Path path) throws IOException {
        PipelineFolder folder = PipelineFolder.open(path);
        List<Part> parts = new ArrayList<>();
        for (String name : TYPES) if (folder.has(name)) part(folder, name).ifPresent(parts::add);
        List<String> missing = folder.missing();
        if (!missing.isEmpty()) return new PipelineInventory(folder.type(), parts, missing, List.of(), "", List.of());
        TextToImage model = TextToImage.open(folder);
        int[] size = model.size();
        return new PipelineInventory(
                folder.type(),
                parts,
                missing,
                List.of(size[0], size[1]),
                model.sampling().toString(),
                model.notes());
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
