package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A pipeline with low-rank adapters, which are added to weights while these are read. */
final class AdaptedFiles implements PipelineFiles {
    private static final List<String> CHANGED = List.of("unet", "text_encoder", "text_encoder_2");

    private final PipelineFiles files;
    private final Map<String, StoredNetwork> networks;
    private final List<String> notes;

    private AdaptedFiles(PipelineFiles files, Map<String, StoredNetwork> networks, List<String> notes) {
        this.files = files;
        this.networks = Map.copyOf(networks);
        this.notes = List.copyOf(notes);
    }

    /**
     * The files with adapters; themselves where there is none.
     *
     * @throws IOException if an adapter cannot be read, or is not one of this pipeline
     */
    static PipelineFiles of(PipelineFiles files, List<Adapter> adapters) throws IOException {
        if (adapters.isEmpty()) return files;
        files.requireComplete();
        Map<String, StoredNetwork> networks = new TreeMap<>();
        for (String part : CHANGED) if (files.has(part)) networks.put(part, files.network(part));
        List<String> notes = new ArrayList<>(files.notes());
        for (Adapter adapter : adapters)
            networks.putAll(LoraFile.open(adapter.file()).applied(networks, adapter.weight(), notes));
        return new AdaptedFiles(files, networks, notes);
    }

    @Override
    public Path path() {
        return files.path();
    }

    @Override
    public String type() {
        return files.type();
    }

    @Override
    public Map<String, String> parts() {
        return files.parts();
    }

    @Override
    public boolean zeros() {
        return files.zeros();
    }

    @Override
    public List<String> missing() throws IOException {
        return files.missing();
    }

    @Override
    public boolean has(String part) {
        return files.has(part);
    }

    @Override
    public StoredNetwork network(String part) throws IOException {
        StoredNetwork changed = networks.get(part);
        return changed == null ? files.network(part) : changed;
    }

    @Override
    public Scope.Owned<? extends Autoencoder> autoencoder(Precision precision) throws IOException {
        return files.autoencoder(precision);
    }

    @Override
    public Words words(String part) throws IOException {
        return files.words(part);
    }

    @Override
    public JsonNode config(String part) throws IOException {
        return files.config(part);
    }

    @Override
    public JsonNode schedulerConfig() throws IOException {
        return files.schedulerConfig();
    }

    @Override
    public List<String> notes() {
        return notes;
    }
}
