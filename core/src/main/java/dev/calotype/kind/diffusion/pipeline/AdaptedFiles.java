package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.Additions.Embedding;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A pipeline with low-rank adapters, which are added to weights while these are read, and with learned words. */
final class AdaptedFiles implements PipelineFiles {
    private static final String T5 = "text_encoder_3";

    private final PipelineFiles files;
    private final Map<String, StoredNetwork> networks;
    private final Map<String, Map<String, int[]>> words; // ids of learned words, by encoder
    private final List<String> notes;

    private AdaptedFiles(
            PipelineFiles files,
            Map<String, StoredNetwork> networks,
            Map<String, Map<String, int[]>> words,
            List<String> notes) {
        this.files = files;
        this.networks = Map.copyOf(networks);
        this.words = Map.copyOf(words);
        this.notes = List.copyOf(notes);
    }

    /**
     * The files with adapters and learned words; themselves where there is none.
     *
     * @throws IOException if one of them cannot be read, or is not of this pipeline
     */
    static PipelineFiles of(PipelineFiles files, List<Adapter> adapters, List<Embedding> embeddings)
            throws IOException {
        if (adapters.isEmpty() && embeddings.isEmpty()) return files;
        files.requireComplete();
        Map<String, StoredNetwork> networks = files.networks();
        List<String> notes = new ArrayList<>(files.notes());
        List<LearnedWord> words = new ArrayList<>();
        for (Adapter adapter : adapters) {
            if (TunedRun.is(adapter.file())) {
                TunedRun run = TunedRun.open(adapter.file());
                networks.putAll(run.applied(networks, adapter.weight(), notes));
                run.word().ifPresent(words::add);
                continue;
            }
            LoraFile lora = LoraFile.open(adapter.file());
            networks.putAll(lora.applied(networks, adapter.weight(), notes));
            words.addAll(lora.words());
        }
        for (Embedding embedding : embeddings) words.addAll(LearnedWord.open(embedding.file(), embedding.token()));
        return with(files, networks, words, notes);
    }

    /** The files with words whose vectors are known. */
    static PipelineFiles with(PipelineFiles files, LearnedWord word) throws IOException {
        Map<String, StoredNetwork> networks = files.networks();
        return with(files, networks, List.of(word), new ArrayList<>(files.notes()));
    }

    private static PipelineFiles with(
            PipelineFiles files, Map<String, StoredNetwork> networks, List<LearnedWord> words, List<String> notes)
            throws IOException {
        if (words.isEmpty()) return new AdaptedFiles(files, networks, Map.of(), notes);
        Map<String, StoredNetwork> encoders = new TreeMap<>(networks);
        encoders.remove(files.denoiser());
        boolean lettered = encoders.remove(T5) != null;
        Vocabulary vocabulary = Vocabulary.of(encoders, words);
        networks.putAll(vocabulary.networks());
        for (String part : encoders.keySet())
            files.words(tokenizer(part)).with(vocabulary.ids().get(part)).close(); // refuses words of the vocabulary
        notes.add("Learned words, as they are to be written in a text: "
                + String.join(", ", words.stream().map(LearnedWord::token).toList()) + ".");
        if (lettered) notes.add("T5 knows no learned words, and reads their letters.");
        return new AdaptedFiles(files, networks, vocabulary.ids(), notes);
    }

    private static String tokenizer(String encoder) {
        return encoder.replace("text_encoder", "tokenizer");
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
        Map<String, int[]> learned = words.get(part.replace("tokenizer", "text_encoder"));
        return learned == null ? files.words(part) : files.words(part).with(learned);
    }

    @Override
    public Path thirdTokenizer() {
        return files.thirdTokenizer();
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
