package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.original.Family;
import dev.calotype.checkpoint.original.OriginalFile;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A pipeline in one file. What no such file tells is as in the folders that diffusers has of the same models. */
final class PipelineFile implements PipelineFiles {
    private static final String EPSILON = "epsilon", VELOCITY = "v_prediction";
    private static final double SHIFT = 3; // of the noise of Stable Diffusion 3
    private static final int LARGER = 96; // latents of the models of Stable Diffusion 2 that predict v
    private static final Map<String, String> CLASSES = Map.of(
            "unet", "UNet2DConditionModel",
            "vae", "AutoencoderKL",
            "text_encoder", "CLIPTextModel",
            "text_encoder_2", "CLIPTextModelWithProjection",
            "transformer", "SD3Transformer2DModel",
            "text_encoder_3", "T5EncoderModel");
    private static final List<String> BESIDE = List.of("text_encoder", "text_encoder_2", "text_encoder_3");

    private final OriginalFile file;
    private final Optional<Path> tokenizer;
    private final String prediction;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, StoredNetwork> beside = new TreeMap<>(); // text encoders of Stable Diffusion 3

    private PipelineFile(OriginalFile file, Additions additions) throws IOException {
        this.file = file;
        tokenizer = additions.tokenizer().or(() -> beside(file.path()));
        if (joint() && additions.prediction().isPresent())
            throw new IllegalArgumentException("a prediction is of Stable Diffusion 1, 2 and XL, and would do nothing: "
                    + file.path() + " is of " + file.family().title());
        prediction = joint() ? "flow" : prediction(additions.prediction());
        notes.add(
                0,
                file.path().getFileName() + " is of " + file.family().title() + " and predicts "
                        + (prediction.equals(VELOCITY) ? "v" : prediction) + ".");
        if (joint()) encodersBeside();
        if (file.averaged() && additions.weights().isEmpty())
            notes.add("It holds averages of its denoiser's weights besides, which the weights 'ema' are.");
    }

    /**
     * Opens a file; no weights are read.
     *
     * @throws IOException as {@link OriginalFile#open}
     */
    static PipelineFile open(Path path, Additions additions) throws IOException {
        return new PipelineFile(OriginalFile.open(path, additions.weights().orElse("")), additions);
    }

    /** A vocabulary in the folder of the file. */
    private static Optional<Path> beside(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        for (String name : List.of("tokenizer", "tokenizer.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz"))
            if (Files.exists(folder.resolve(name))) return Optional.of(folder.resolve(name));
        return Optional.empty();
    }

    /** Text encoders that the file does not hold, in folders of diffusers beside it. */
    private void encodersBeside() throws IOException {
        for (String part : BESIDE) {
            Path folder = file.path().toAbsolutePath().resolveSibling(part);
            if (file.parts().contains(part) || !Files.isDirectory(folder)) continue;
            beside.put(part, StoredNetwork.in(folder));
            notes.add("The file has no " + part + ", and the folder of that name beside it is taken.");
        }
    }

    /** The text encoders that come from folders beside the file, in order. */
    Set<String> beside() {
        return new TreeSet<>(beside.keySet());
    }

    private String prediction(Optional<String> asked) throws IOException {
        if (asked.isPresent()) return asked.get().equals("v") ? VELOCITY : EPSILON;
        Optional<String> said = parameterization().or(file::prediction);
        if (said.isPresent()) return said.get();
        boolean more =
                inputs() > file.network("unet").config().path("out_channels").asInt();
        if (file.family() != Family.SD2 || more) return EPSILON;
        notes.add(
                "Whether a file of Stable Diffusion 2 predicts v, as those for 768 px do, or epsilon, as those for 512 px,"
                        + " is not in its weights: v is taken, and the prediction 'epsilon' is the other.");
        return VELOCITY;
    }

    /** What a file of the same name says that ends in .yaml. */
    private Optional<String> parameterization() throws IOException {
        String name = file.path().getFileName().toString();
        Path yaml = file.path().resolveSibling(name.replaceFirst("\\.[^.]*$", "") + ".yaml");
        if (!Files.isRegularFile(yaml)) return Optional.empty();
        String said = Yaml.object(Yaml.text(yaml, "settings"), "settings")
                .path("model")
                .path("params")
                .path("parameterization")
                .asText("eps");
        return Optional.of(said.equals("v") ? VELOCITY : EPSILON);
    }

    private int inputs() {
        return file.network("unet").config().path("in_channels").asInt();
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public String type() {
        if (file.family() == Family.SD3) return "StableDiffusion3Pipeline";
        String family = file.family().xl() ? "StableDiffusionXL" : "StableDiffusion";
        if (file.family() == Family.XL_REFINER) return family + "Img2ImgPipeline";
        return family + (inputs() == 9 ? "InpaintPipeline" : "Pipeline");
    }

    @Override
    public Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : file.parts()) parts.put(part, CLASSES.get(part));
        for (String part : beside.keySet()) parts.put(part, CLASSES.get(part));
        return parts;
    }

    @Override
    public boolean zeros() {
        return file.family() == Family.XL;
    }

    @Override
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        List<String> there = file.parts();
        if (!there.contains("vae")) missing.add("an autoencoder (first_stage_model)");
        if (joint()) missingOfJoint(missing);
        else if (file.family() != Family.XL_REFINER && !there.contains("text_encoder"))
            missing.add(
                    file.family().xl()
                            ? "a first text encoder (conditioner.embedders.0)"
                            : "a text encoder (cond_stage_model)");
        if (file.family().xl() && !there.contains("text_encoder_2"))
            missing.add("a second text encoder (conditioner.embedders.1)");
        if (tokenizer.isEmpty())
            missing.add(
                    "the vocabulary of CLIP, which no such file holds: name as tokenizer, or lay beside the file, the tokenizer"
                            + " folder of a pipeline of diffusers or bpe_simple_vocab_16e6.txt.gz of github.com/openai/CLIP");
        return missing;
    }

    private void missingOfJoint(List<String> missing) {
        for (String part : List.of("text_encoder", "text_encoder_2"))
            if (!has(part))
                missing.add("the text encoder of CLIP "
                        + (part.equals("text_encoder") ? "L (text_encoders.clip_l" : "G (text_encoders.clip_g")
                        + "), which lies in the file that has the encoders, or as a folder " + part
                        + " of diffusers beside the file");
        if (has("text_encoder_3") && !Files.isRegularFile(thirdTokenizer().resolve("tokenizer.json")))
            missing.add("the vocabulary of T5: tokenizer_3/tokenizer.json of a pipeline of diffusers beside the file");
    }

    @Override
    public boolean has(String part) {
        return file.parts().contains(part) || beside.containsKey(part);
    }

    @Override
    public StoredNetwork network(String part) {
        StoredNetwork folder = beside.get(part);
        return folder == null ? file.network(part) : folder;
    }

    @Override
    public Path thirdTokenizer() {
        return file.path().toAbsolutePath().resolveSibling("tokenizer_3");
    }

    @Override
    public Scope.Owned<? extends Autoencoder> autoencoder(Precision precision) throws IOException {
        return DiffusersAutoencoder.read(file.network("vae"), precision);
    }

    @Override
    public Words words(String part) throws IOException {
        boolean zero = file.family() == Family.SD2 || part.equals("tokenizer_2"); // as open_clip fills rows
        return Words.padded(Tokenizers.open(tokenizer.orElseThrow(), TextCleaning.TRANSFORMERS), zero ? "!" : "");
    }

    @Override
    public JsonNode config(String part) {
        if (!has(part)) return JsonNodeFactory.instance.objectNode();
        JsonNode config = network(part).config();
        boolean large = file.family() == Family.SD2 && part.equals("unet") && prediction.equals(VELOCITY);
        return large && config instanceof ObjectNode object ? object.deepCopy().put("sample_size", LARGER) : config;
    }

    @Override
    public JsonNode schedulerConfig() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        if (joint())
            return config.put("_class_name", "FlowMatchEulerDiscreteScheduler")
                    .put("num_train_timesteps", 1000)
                    .put("shift", SHIFT);
        boolean velocity = prediction.equals(VELOCITY), end = file.endsInNoise();
        String sampler = file.family().xl() ? "Euler" : velocity ? "DDIM" : "PNDM";
        config.put("_class_name", sampler + (file.family().xl() ? "DiscreteScheduler" : "Scheduler"));
        config.put("num_train_timesteps", 1000).put("prediction_type", prediction);
        config.put("beta_schedule", "scaled_linear").put("beta_start", 0.00085).put("beta_end", 0.012);
        config.put("timestep_spacing", end ? "trailing" : "leading").put("steps_offset", 1);
        config.put("clip_sample", false).put("set_alpha_to_one", false).put("skip_prk_steps", true);
        return config.put("rescale_betas_zero_snr", end);
    }

    @Override
    public List<String> notes() {
        return List.copyOf(notes);
    }
}
