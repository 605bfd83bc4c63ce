package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.PipelineInventory.Part;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.kind.diffusion.pipeline.PipelineFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The pipelines of Kandinsky and Karlo. */
public final class UnclipFamily implements PipelineFamily {
    @Override
    public List<String> types() {
        return Stream.of(Layout.values())
                .flatMap(layout -> layout.types().stream())
                .toList();
    }

    @Override
    public boolean isOne(Path path) {
        return UnclipFolder.is(path);
    }

    @Override
    public TextPipeline open(Path path, Additions additions) throws IOException {
        Unasked.require(path, additions);
        return open(UnclipFolder.open(path, additions.prior()));
    }

    private static TextPipeline open(UnclipFolder folder) throws IOException {
        return Layout.of(folder.type()).isKarlo() ? Karlo.open(folder) : Kandinsky.open(folder);
    }

    @Override
    public PipelineInventory inventory(Path path) throws IOException {
        UnclipFolder folder = UnclipFolder.open(path, Optional.empty());
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<String, Path> part : folder.parts().entrySet()) {
            String type = Layout.network(part.getKey());
            if (type == null || !Files.isDirectory(part.getValue())) continue;
            Path file;
            try {
                file = StoredNetwork.weightsIn(part.getValue());
            } catch (IOException e) {
                continue; // which the list of what is missing says
            }
            long numbers = WeightFile.stored(file).values().stream()
                    .mapToLong(StoredTensor::count)
                    .sum();
            parts.add(new Part(part.getKey(), type, numbers, WeightFolder.bytes(file)));
        }
        List<String> missing = folder.missing();
        if (!missing.isEmpty()) return new PipelineInventory(folder.type(), parts, missing, List.of(), "", List.of());
        TextPipeline model = open(folder);
        int[] size = model.size();
        return new PipelineInventory(
                folder.type(), parts, missing, List.of(size[0], size[1]), model.sampling(Map.of()), model.notes());
    }
}
