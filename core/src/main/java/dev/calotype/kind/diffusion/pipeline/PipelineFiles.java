package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Where the parts of a text-to-image pipeline come from, called as diffusers does; no weights are read before they are wanted. */
interface PipelineFiles {
    /** The folder or file. */
    Path path();

    /** The class that the pipeline has in diffusers. */
    String type();

    /** The class of every part, by its name. */
    Map<String, String> parts();

    /** Whether an absent negative text is zeros rather than the encoding of nothing. */
    boolean zeros();

    /** Whether it is one of XL, which has two text encoders and is told of sizes. */
    default boolean xl() {
        return type().startsWith("StableDiffusionXL");
    }

    /** Whether it is one of Stable Diffusion 3, whose denoiser is a transformer that three text encoders tell. */
    default boolean joint() {
        return type().startsWith("StableDiffusion3");
    }

    /** What diffusers calls the denoiser. */
    default String denoiser() {
        return joint() ? "transformer" : "unet";
    }

    /** What the pipeline needs and is not there; empty if nothing. */
    List<String> missing() throws IOException;

    /** Throws IOException that names all that {@link #missing} does. */
    default void requireComplete() throws IOException {
        List<String> missing = missing();
        if (!missing.isEmpty())
            throw new IOException(
                    path() + " is a " + type() + " and lacks " + String.join(", ", new TreeSet<>(missing)));
    }

    /** Whether there is anything of a part. */
    boolean has(String part);

    /** A network of diffusers or transformers: the denoiser, a text encoder. */
    StoredNetwork network(String part) throws IOException;

    /** The networks that adapters can change, by what diffusers calls the part. */
    default Map<String, StoredNetwork> networks() throws IOException {
        Map<String, StoredNetwork> networks = new TreeMap<>();
        for (String part : LoraFile.PARTS) if (has(part)) networks.put(part, network(part));
        return networks;
    }

    /** The autoencoder, owned by the caller. */
    Scope.Owned<? extends Autoencoder> autoencoder(Precision precision) throws IOException;

    /** The tokenizer of a part, owned by the caller. */
    Words words(String part) throws IOException;

    /** Where the tokenizer of T5 lies, if it is there. */
    Path thirdTokenizer();

    /** The settings of a part, or an empty object where it has none. */
    JsonNode config(String part) throws IOException;

    /** The settings of the sampler. */
    JsonNode schedulerConfig() throws IOException;

    /**
     * By which latents are smaller than pictures, per side: what the autoencoder's config says, with diffusers' defaults where it says
     * nothing.
     */
    default int factor() throws IOException {
        JsonNode config = config("vae");
        boolean kl = config.path("_class_name").asText().equals("AutoencoderKL");
        int said = config.path("block_out_channels").size(), usual = kl ? 1 : 4;
        if (said == 0) said = config.path("decoder_block_out_channels").size(); // of tiny autoencoders
        return 1 << Math.min(10, (said == 0 ? usual : said) - 1);
    }

    /** What was assumed of the files, or is not honoured, a sentence each. */
    default List<String> notes() {
        return List.of();
    }
}
