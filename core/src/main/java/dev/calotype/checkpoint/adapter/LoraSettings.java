package dev.calotype.checkpoint.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What is said of an adapter beside its weights: by diffusers in the file's header, by peft in {@code adapter_config.json}. */
record LoraSettings(JsonNode diffusers, JsonNode peft, Map<String, String> metadata) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_BYTES = 1 << 20;
    private static final Map<Long, String> BASES =
            Map.of(768L, "Stable Diffusion 1", 1024L, "Stable Diffusion 2", 2048L, "Stable Diffusion XL");

    /** Nothing. */
    static final LoraSettings NONE = new LoraSettings(JSON.createObjectNode(), JSON.createObjectNode(), Map.of());

    static LoraSettings of(Path file) throws IOException {
        Map<String, String> metadata = WeightFile.metadata(file);
        JsonNode diffusers = JSON.createObjectNode(), peft = JSON.createObjectNode();
        String said = metadata.get("lora_adapter_metadata");
        try {
            if (said != null) diffusers = JSON.readTree(said);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": its lora_adapter_metadata is not JSON", e);
        }
        Path beside = file.resolveSibling("adapter_config.json");
        if (file.getFileName().toString().startsWith("adapter_model.") && Files.isRegularFile(beside))
            peft = JsonFile.object(JSON, beside, MAX_BYTES);
        return new LoraSettings(diffusers, peft, metadata);
    }

    /** By how much a layer acts, alpha over its rank; NaN where nothing is said of it. */
    double scale(String part, String name, LoraLayer layer) throws IOException {
        double alpha = layer.alpha();
        long rank = layer.rank();
        if (rank == 0) return 1; // a product of whole matrices
        if (!Double.isNaN(alpha)) return alpha / rank;
        String module = name.replaceFirst("^(base_model\\.model\\.)?((unet|transformer|text_encoder(_[23])?)\\.)?", "");
        double scale = scale(diffusers, part + ".", module, rank);
        return Double.isNaN(scale) ? scale(peft, "", module, rank) : scale;
    }

    /** Alpha of the denoiser's layers as diffusers says it, where it is one of all; else NaN. */
    double alphaOfAll() {
        boolean one = diffusers.path("unet.alpha_pattern").isEmpty();
        JsonNode alpha = diffusers.path("unet.lora_alpha");
        return one && alpha.isNumber() ? alpha.asDouble() : Double.NaN;
    }

    private static double scale(JsonNode said, String prefix, String module, long rank) {
        JsonNode alpha = said.path(prefix + "lora_alpha");
        for (Map.Entry<String, JsonNode> own :
                said.path(prefix + "alpha_pattern").properties())
            if (module.equals(own.getKey()) || module.endsWith("." + own.getKey())) alpha = own.getValue();
        if (!alpha.isNumber()) return Double.NaN;
        boolean root = said.path(prefix + "use_rslora").asBoolean();
        return alpha.asDouble() / (root ? Math.sqrt(rank) : rank);
    }

    /** The model that an adapter was learned for, where that can be told: by what it says, or by the width of its tokens. */
    String base(Map<String, LoraLayer> layers) {
        for (Map.Entry<String, LoraLayer> entry : layers.entrySet()) {
            StoredTensor down = entry.getValue().piece(LoraLayer.DOWN);
            if (down != null && down.dim() >= 2 && entry.getKey().matches(".*attn2[._](processor[._])?to_[kv]")) {
                String base = BASES.get(down.size(1));
                if (base != null) return base + ", whose tokens have " + down.size(1) + " values";
            }
        }
        String said =
                metadata.getOrDefault("ss_base_model_version", metadata.getOrDefault("modelspec.architecture", ""));
        return said.length() > 80 ? "" : said;
    }
}
