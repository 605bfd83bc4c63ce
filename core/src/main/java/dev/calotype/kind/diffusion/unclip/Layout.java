package dev.calotype.kind.diffusion.unclip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How diffusers lays the parts of a kind of pipeline in a folder. */
enum Layout {
    /** The prior of Kandinsky 2.2. */
    PRIOR(List.of("KandinskyV22PriorPipeline", "KandinskyV22PriorEmb2EmbPipeline"), prior("", "scheduler"), null),
    /** The prior of Kandinsky 2.1. */
    PRIOR_21(List.of("KandinskyPriorPipeline"), prior("", "scheduler"), null),
    /** Kandinsky 2.2's decoder, told by a prior from elsewhere. */
    DECODER(
            List.of("KandinskyV22Pipeline", "KandinskyV22Img2ImgPipeline"),
            Map.of("unet", "unet", "movq", "movq", "scheduler", "scheduler"),
            PRIOR),
    /** Kandinsky 2.1's decoder, which is told of the text as well. */
    DECODER_21(List.of("KandinskyPipeline", "KandinskyImg2ImgPipeline"), spoken(), PRIOR_21),
    /** Kandinsky 2.1 in one folder. */
    TOGETHER_21(
            List.of("KandinskyCombinedPipeline", "KandinskyImg2ImgCombinedPipeline"),
            joined(spoken(), prior("prior_", "prior_scheduler")),
            null),
    /** Kandinsky 2.2 in one folder. */
    TOGETHER(
            List.of("KandinskyV22CombinedPipeline", "KandinskyV22Img2ImgCombinedPipeline"),
            joined(DECODER.names, prior("prior_", "prior_scheduler")),
            null),
    /** Karlo. */
    KARLO(
            List.of("UnCLIPPipeline"),
            joined(
                    karlo(),
                    Map.of(
                            "prior", "prior",
                            "prior_scheduler", "prior_scheduler")),
            null),
    /** Karlo's variations, which are told vectors of pictures in place of a prior. */
    VARIATIONS(
            List.of("UnCLIPImageVariationPipeline"),
            joined(
                    karlo(),
                    Map.of(
                            "image_encoder", "image_encoder",
                            "image_processor", "feature_extractor")),
            null);

    /** What a part must be. */
    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("unet", "UNet2DConditionModel"),
            Map.entry("movq", "VQModel"),
            Map.entry("prior", "PriorTransformer"),
            Map.entry("text_encoder", "CLIPTextModelWithProjection"),
            Map.entry("words_encoder", "MultilingualCLIP"),
            Map.entry("image_encoder", "CLIPVisionModelWithProjection"),
            Map.entry("decoder", "UNet2DConditionModel"),
            Map.entry("text_proj", "UnCLIPTextProjModel"),
            Map.entry("super_res_first", "UNet2DModel"),
            Map.entry("super_res_last", "UNet2DModel"));

    private final List<String> types;
    private final Map<String, String> names;
    private final Layout elsewhere;

    Layout(List<String> types, Map<String, String> names, Layout elsewhere) {
        this.types = types;
        this.names = names;
        this.elsewhere = elsewhere;
    }

    private static Map<String, String> prior(String before, String scheduler) {
        return Map.of(
                "prior", before + "prior",
                "text_encoder", before + "text_encoder",
                "image_encoder", before + "image_encoder",
                "image_processor", before + "image_processor",
                "tokenizer", before + "tokenizer",
                "prior_scheduler", scheduler);
    }

    private static Map<String, String> spoken() {
        return Map.of(
                "unet", "unet",
                "movq", "movq",
                "scheduler", "scheduler",
                "words_encoder", "text_encoder",
                "words_tokenizer", "tokenizer");
    }

    private static Map<String, String> karlo() {
        return Map.of(
                "decoder", "decoder",
                "text_proj", "text_proj",
                "text_encoder", "text_encoder",
                "tokenizer", "tokenizer",
                "super_res_first", "super_res_first",
                "super_res_last", "super_res_last",
                "decoder_scheduler", "decoder_scheduler",
                "super_res_scheduler", "super_res_scheduler");
    }

    private static Map<String, String> joined(Map<String, String> some, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(others);
        return Map.copyOf(all);
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

    /** The layout of the prior that lies in a folder of its own; null if it needs none. */
    Layout elsewhere() {
        return elsewhere;
    }

    /** Whether it is a prior, which draws nothing itself. */
    boolean isPrior() {
        return this == PRIOR || this == PRIOR_21;
    }

    /** Whether a prior makes the vectors that it draws. */
    boolean hasPrior() {
        return elsewhere != null || names.containsKey("prior");
    }

    /** Whether the denoiser is told of the text as well. */
    boolean isSpoken() {
        return names.containsKey("words_encoder");
    }

    /** The layout of the priors that may take the place of its own; null if there are none. */
    Layout others() {
        return switch (this) {
            case TOGETHER -> PRIOR;
            case TOGETHER_21 -> PRIOR_21;
            default -> elsewhere;
        };
    }

    /** Whether it is one of Karlo. */
    boolean isKarlo() {
        return names.containsKey("text_proj");
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
