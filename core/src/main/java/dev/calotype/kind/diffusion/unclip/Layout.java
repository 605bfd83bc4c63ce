package dev.calotype.kind.diffusion.unclip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How diffusers lays the parts of a kind of pipeline in a folder. */
enum Layout {
    /** Kandinsky 2.2's decoder, told by a prior from elsewhere. */
    DECODER(
            List.of("KandinskyV22Pipeline", "KandinskyV22Img2ImgPipeline"),
            Map.of("unet", "unet", "movq", "movq", "scheduler", "scheduler")),
    /** Its prior. */
    PRIOR(
            List.of("KandinskyV22PriorPipeline", "KandinskyV22PriorEmb2EmbPipeline"),
            Map.of(
                    "prior", "prior",
                    "text_encoder", "text_encoder",
                    "image_encoder", "image_encoder",
                    "tokenizer", "tokenizer",
                    "prior_scheduler", "scheduler")),
    /** Both in one folder. */
    TOGETHER(
            List.of("KandinskyV22CombinedPipeline", "KandinskyV22Img2ImgCombinedPipeline"),
            Map.of(
                    "unet", "unet",
                    "movq", "movq",
                    "scheduler", "scheduler",
                    "prior", "prior_prior",
                    "text_encoder", "prior_text_encoder",
                    "image_encoder", "prior_image_encoder",
                    "tokenizer", "prior_tokenizer",
                    "prior_scheduler", "prior_scheduler"));

    /** What a part must be. */
    private static final Map<String, String> CLASSES = Map.of(
            "unet", "UNet2DConditionModel",
            "movq", "VQModel",
            "prior", "PriorTransformer",
            "text_encoder", "CLIPTextModelWithProjection",
            "image_encoder", "CLIPVisionModelWithProjection");

    private final List<String> types;
    private final Map<String, String> names;

    Layout(List<String> types, Map<String, String> names) {
        this.types = types;
        this.names = names;
    }

    /** The layout of a class of diffusers; null if it is none of these. */
    static Layout of(String type) {
        for (Layout layout : values()) if (layout.types.contains(type)) return layout;
        return null;
    }

    /** The classes of diffusers that are laid so. */
    List<String> types() {
        return types;
    }

    /**
     * The folders of the parts by what they are called here.
     *
     * @throws IOException if the index says that one is of another class
     */
    Map<String, Path> parts(Path folder, JsonNode index) throws IOException {
        Map<String, Path> parts = new LinkedHashMap<>();
        for (Map.Entry<String, String> part : names.entrySet()) {
            String wanted = CLASSES.get(part.getKey());
            String given = index.path(part.getValue()).path(1).asText(wanted);
            if (wanted != null && !wanted.equals(given))
                throw new IOException(
                        folder + ": " + part.getValue() + " must be " + wanted + ": " + Quoted.name(given));
            parts.put(part.getKey(), folder.resolve(part.getValue()));
        }
        return parts;
    }

    /** The class of a network by its name here. */
    static String network(String part) {
        return CLASSES.get(part);
    }
}
