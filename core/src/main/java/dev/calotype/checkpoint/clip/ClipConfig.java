package dev.calotype.checkpoint.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.calotype.io.JsonFile;
import dev.calotype.model.vit.Standardization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What weights do not tell of a network: heads, activations, which output of a text is read, how pixels are prepared.
 *
 * @param file where it stands, for messages
 * @param imageHeads of attention in the image encoder; 0 for one for every 64 values
 * @param textHeads the same of the text encoder
 * @param imageAct what transformers calls the activation of the image encoder
 * @param textAct that of the text encoder
 * @param end the mark of the end that a text is read at; {@link #LARGEST} for the largest id, {@link #LAST} for the last place
 * @param framing how pictures become squares
 * @param cleaning what open_clip calls that which is done to texts before the tokenizer gets them, if anything
 */
record ClipConfig(
        Path file,
        boolean siglip,
        int imageHeads,
        int textHeads,
        String imageAct,
        String textAct,
        double imageEpsilon,
        double textEpsilon,
        boolean causal,
        int end,
        Standardization pixels,
        Framing framing,
        Optional<String> cleaning) {
    static final int LARGEST = -1, LAST = -2;

    /** What OpenAI's pictures are standardised by, and those of most who followed. */
    static final Standardization OPENAI = new Standardization(
            List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

    /** SigLIP's encoders whose GELU timm approximates; transformers does so with all of them. */
    private static final String TANH =
            "vit_((base_patch32|so400m_patch16|giantopt_patch16)_siglip_.*|large_patch16_siglip_512)";

    private static final List<String> TYPES =
            List.of("clip", "clip_text_model", "clip_vision_model", "siglip", "siglip_text_model");
    private static final List<String> CLEANINGS = List.of("whitespace", "lower", "canonicalize");
    private static final int BICUBIC = 3; // Pillow's number
    private static final int CROP = 224; // where CLIPImageProcessor is told no other
    private static final long MAX_BYTES = 1 << 20;
    private static final int WRONG_END = 2; // in configs of before 2023: their weights want the largest id
    private static final ObjectMapper JSON = new ObjectMapper();

    static JsonNode json(Path file) throws IOException {
        return JsonFile.object(JSON, file, MAX_BYTES);
    }

    /** Of OpenAI's files, which have none. */
    static ClipConfig openAi(Path file) {
        return new ClipConfig(
                file,
                false,
                0,
                0,
                "quick_gelu",
                "quick_gelu",
                1e-5,
                1e-5,
                true,
                LARGEST,
                OPENAI,
                Framing.TORCHVISION,
                Optional.empty());
    }

    /** Of the {@code config.json} of transformers. */
    static ClipConfig transformers(Path file) throws IOException {
        return transformers(file, json(file));
    }

    /** The same of settings that are read, {@code file} being where they stand. */
    static ClipConfig transformers(Path file, JsonNode json) throws IOException {
        return transformers(file, json, file.resolveSibling("preprocessor_config.json"));
    }

    /** The same where what is done to pictures stands elsewhere. */
    static ClipConfig transformers(Path file, JsonNode json, Path preprocessor) throws IOException {
        String type = json.path("model_type").asText();
        boolean siglip = type.startsWith("siglip");
        if (!TYPES.contains(type))
            throw new IOException(
                    file + ": model_type must be one of " + String.join(", ", TYPES) + ": " + json.path("model_type"));
        JsonNode text = type.endsWith("text_model") ? json : json.path("text_config");
        JsonNode vision = type.endsWith("vision_model") ? json : json.path("vision_config");
        String act = siglip ? "gelu_pytorch_tanh" : "quick_gelu";
        double epsilon = siglip ? 1e-6 : 1e-5;
        int end = integer(file, text, "eos_token_id", 49_407);
        Processing pictures = Processing.of(preprocessor);
        return new ClipConfig(
                file,
                siglip,
                integer(file, vision, "num_attention_heads", 12),
                integer(file, text, "num_attention_heads", siglip ? 12 : 8),
                vision.path("hidden_act").asText(act),
                text.path("hidden_act").asText(act),
                vision.path("layer_norm_eps").asDouble(epsilon),
                text.path("layer_norm_eps").asDouble(epsilon),
                !siglip,
                siglip ? LAST : end == WRONG_END ? LARGEST : end,
                pixels(pictures.json, "image_mean", "image_std", siglip ? Standardization.signed(3) : OPENAI),
                framing(pictures, siglip),
                Optional.empty());
    }

    /** What transformers does to pictures, and where it stands: in the file of a whole processor, or in one of its own, or nowhere. */
    private record Processing(Path file, JsonNode json) {
        static Processing of(Path own) throws IOException {
            Path whole = own.resolveSibling("processor_config.json");
            JsonNode none = MissingNode.getInstance();
            JsonNode nested =
                    Files.isRegularFile(whole) ? ClipConfig.json(whole).path("image_processor") : none;
            if (nested.isObject()) return new Processing(whole, nested);
            return new Processing(own, Files.isRegularFile(own) ? ClipConfig.json(own) : none);
        }
    }

    private static Framing framing(Processing pictures, boolean siglip) throws IOException {
        Path file = pictures.file;
        JsonNode json = pictures.json;
        if (json.path("resample").asInt(BICUBIC) != BICUBIC)
            throw new IOException(file + ": resample must be 3, which is bicubic: " + json.path("resample"));
        JsonNode size = json.path("size");
        JsonNode shorter = size.isInt() ? size : size.path("shortest_edge");
        JsonNode crop = json.path("crop_size").isInt()
                ? json.path("crop_size")
                : json.path("crop_size").path("height");
        boolean cut = json.path("do_center_crop").asBoolean(!siglip);
        if (cut && shorter.isInt() && crop.isInt() && shorter.asInt() != crop.asInt())
            throw new IOException(file + ": the shorter side becomes " + shorter + " pixels and the square has " + crop
                    + ", which must be the same");
        if (!cut || shorter.isInt() || !size.has("height")) return cut ? Framing.TRANSFORMERS : Framing.STRETCHED;
        int square = crop.asInt(CROP);
        if (size.path("height").asInt() != square || size.path("width").asInt() != square)
            throw new IOException(file + ": size must be that of the square that is cut out, " + square + ": " + size);
        return Framing.STRETCHED;
    }

    private static Framing framing(Path file, JsonNode preprocess, boolean siglip) throws IOException {
        String interpolation = preprocess.path("interpolation").asText("bicubic");
        if (!interpolation.equals("bicubic"))
            throw new IOException(file + ": interpolation must be bicubic: '" + interpolation + "'");
        String mode = preprocess.path("resize_mode").asText(siglip ? "squash" : "shortest");
        return switch (mode) {
            case "shortest" -> Framing.TORCHVISION;
            case "squash" -> Framing.STRETCHED;
            default -> throw new IOException(file + ": resize_mode must be shortest or squash: '" + mode + "'");
        };
    }

    private static Standardization pixels(JsonNode json, String mean, String deviation, Standardization usual) {
        return new Standardization(
                numbers(json.path(mean), usual.mean()), numbers(json.path(deviation), usual.deviation()));
    }

    private static List<Double> numbers(JsonNode array, List<Double> otherwise) {
        if (!array.isArray()) return otherwise;
        List<Double> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asDouble()));
        return numbers;
    }

    /** Of the {@code open_clip_config.json} of open_clip. */
    static ClipConfig openClip(Path file) throws IOException {
        JsonNode json = json(file), model = json.path("model_cfg");
        JsonNode vision = model.path("vision_cfg"), text = model.path("text_cfg");
        if (text.has("hf_model_name"))
            throw new IOException(file + ": the text encoder is another model, " + text.path("hf_model_name")
                    + ", which is not supported");
        String timm = vision.path("timm_model_name").asText("");
        boolean siglip = timm.contains("siglip");
        if (!timm.isEmpty() && !siglip)
            throw new IOException(file + ": the image encoder " + vision.path("timm_model_name") + " is not supported");
        String pool = vision.path("pool_type").asText("tok");
        if (!pool.equals("tok")) throw new IOException(file + ": pool_type of vision_cfg must be tok: '" + pool + "'");
        int head = integer(file, vision, "head_width", 64);
        String act = model.path("quick_gelu").asBoolean() ? "quick_gelu" : "gelu";
        boolean tanh = text.path("act_kwargs").path("approximate").asText().equals("tanh");
        return new ClipConfig(
                file,
                siglip,
                siglip ? 0 : -head,
                integer(file, text, "heads", 8),
                timm.matches(TANH) ? "gelu_pytorch_tanh" : act,
                tanh ? "gelu_pytorch_tanh" : act,
                siglip ? 1e-6 : 1e-5,
                text.path("norm_kwargs").path("eps").asDouble(1e-5),
                !text.path("no_causal_mask").asBoolean(),
                end(file, text),
                pixels(json.path("preprocess_cfg"), "mean", "std", siglip ? Standardization.signed(3) : OPENAI),
                framing(file, json.path("preprocess_cfg"), siglip),
                cleaning(file, text));
    }

    /** Of texts that a tokenizer of Hugging Face cuts; open_clip's own has one way, that of OpenAI. */
    private static Optional<String> cleaning(Path file, JsonNode text) throws IOException {
        String tokenizer = text.path("hf_tokenizer_name").textValue();
        boolean own = tokenizer == null || tokenizer.isEmpty();
        JsonNode told = text.path("tokenizer_kwargs");
        for (Map.Entry<String, JsonNode> one : told.properties())
            if (!one.getKey().equals("clean")
                    && one.getValue().asBoolean(!one.getValue().isNull()))
                throw new IOException(
                        file + ": " + one.getKey() + " of tokenizer_kwargs is not supported: " + one.getValue());
        String clean = told.path("clean").asText(own ? "lower" : "whitespace");
        if (own && !clean.equals("lower"))
            throw new IOException(file
                    + ": clean of tokenizer_kwargs must be lower where there is no hf_tokenizer_name: '" + clean + "'");
        if (!CLEANINGS.contains(clean))
            throw new IOException(file + ": clean of tokenizer_kwargs must be one of " + String.join(", ", CLEANINGS)
                    + ": '" + clean + "'");
        return own ? Optional.empty() : Optional.of(clean);
    }

    private static int end(Path file, JsonNode text) throws IOException {
        String pool = text.path("pool_type").asText("argmax");
        return switch (pool) {
            case "argmax" -> LARGEST;
            case "eos" -> integer(file, text, "eos_id", 2);
            case "last" -> LAST;
            default ->
                throw new IOException(file + ": pool_type of text_cfg must be argmax, eos or last: '" + pool + "'");
        };
    }

    private static int integer(Path file, JsonNode json, String name, int otherwise) throws IOException {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) return otherwise;
        if (!value.isInt() || value.intValue() < 0)
            throw new IOException(file + ": " + name + " must be a whole number of at least 0: " + value);
        return value.intValue();
    }
}
