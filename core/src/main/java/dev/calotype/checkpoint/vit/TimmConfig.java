package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The {@code config.json} of timm that lies beside weights: what these leave no trace of, such as the number of heads.
 *
 * @param file where it lies, or would
 * @param json what it says; missing where there is none
 */
record TimmConfig(Path file, JsonNode json) {
    private static final String NAME = "config.json", OWN = "pretrained_cfg", ARGUMENTS = "model_args";

    /** What lies beside a file of weights. */
    static TimmConfig beside(Path weights) throws IOException {
        Path file = weights.resolveSibling(NAME);
        return new TimmConfig(file, Files.isRegularFile(file) ? TransformersVit.json(file) : MissingNode.getInstance());
    }

    /** The heads of attention; 0 where it does not say it. */
    int heads() {
        return json.path(ARGUMENTS).path("num_heads").asInt(0);
    }

    /** What is done to pixels, where it says it. */
    Optional<Standardization> pixels(int channels) throws IOException {
        JsonNode said = json.has(OWN) ? json.path(OWN) : json;
        JsonNode mean = said.path("mean"), deviation = said.path("std");
        if (!mean.isArray() || !deviation.isArray()) return Optional.empty();
        if (mean.size() != channels || deviation.size() != channels)
            throw new IOException("mean and std of " + file + " must be of the " + channels
                    + " channels of the weights: " + mean + " and " + deviation);
        return Optional.of(new Standardization(TransformersVit.numbers(mean), TransformersVit.numbers(deviation)));
    }

    /** The names of so many classes, which are their numbers where it does not name as many. */
    List<String> classes(int count) {
        JsonNode names = json.path("label_names");
        List<String> named = new ArrayList<>();
        if (names.size() == count) names.forEach(name -> named.add(name.asText()));
        return named.isEmpty()
                ? IntStream.range(0, count).mapToObj(String::valueOf).toList()
                : List.copyOf(named);
    }

    /**
     * What is to lie beside the weights of a network.
     *
     * @throws IllegalArgumentException if timm's class has no such network
     */
    static ObjectNode of(PretrainedVit model) {
        VisionTransformerConfig shape = model.network().config();
        Ports ports = model.network().ports();
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("architecture", architecture(shape, ports));
        json.put("num_classes", ports.classes());
        json.put("num_features", shape.width());
        json.set(ARGUMENTS, arguments(shape, ports));
        json.set(OWN, own(model));
        if (ports.classes() > 0) model.classes().forEach(json.putArray("label_names")::add);
        return json;
    }

    /** A name that timm knows, of a network all of whose sizes are told besides. */
    private static String architecture(VisionTransformerConfig shape, Ports ports) {
        boolean distilled = shape.distillation() != Distillation.NONE;
        refuse(shape.stem() == Stem.CONVOLUTIONS, "stem of convolutions");
        refuse(shape.pool() == Pool.CLASS_AND_MEAN, "classifier of class token and mean");
        refuse(
                shape.distillation() == Distillation.TOKEN && ports.classes() > 0,
                "token of a teacher without its classifier");
        refuse(distilled && shape.registers() > 0, "token of a teacher beside registers");
        if (shape.stem() == Stem.RESNET) return "vit_tiny_r_s16_p8_224";
        return distilled ? "deit_base_distilled_patch16_224" : "vit_base_patch16_224";
    }

    private static void refuse(boolean lacking, String what) {
        if (lacking) throw new IllegalArgumentException("timm's VisionTransformer has no " + what);
    }

    private static ObjectNode arguments(VisionTransformerConfig shape, Ports ports) {
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("img_size", ports.size());
        if (shape.stem() == Stem.PATCHES) json.put("patch_size", shape.patch());
        json.put("in_chans", ports.channels());
        json.put("embed_dim", shape.width());
        json.put("depth", shape.depth());
        json.put("num_heads", shape.heads());
        boolean whole = shape.hidden() % shape.width() == 0; // their product is rounded down
        json.put("mlp_ratio", (whole ? shape.hidden() : shape.hidden() + 0.5) / shape.width());
        if (shape.layerScale() > 0) json.put("init_values", shape.layerScale());
        if (shape.registers() > 0) json.put("reg_tokens", shape.registers()).put("no_embed_class", true);
        if (shape.pool() == Pool.CLASS_TOKEN) return json;
        json.put("class_token", false).put("global_pool", "avg");
        return shape.pool() == Pool.MEAN ? json.put("fc_norm", false) : json;
    }

    private static ObjectNode own(PretrainedVit model) {
        Ports ports = model.network().ports();
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.putArray("input_size").add(ports.channels()).add(ports.size()).add(ports.size());
        json.put("fixed_input_size", true);
        json.put("interpolation", "bilinear").put("crop_pct", 1.0).put("crop_mode", "squash");
        model.pixels().mean().forEach(json.putArray("mean")::add);
        model.pixels().deviation().forEach(json.putArray("std")::add);
        json.put("num_classes", ports.classes());
        boolean hybrid = model.network().config().stem() == Stem.RESNET;
        json.put("first_conv", hybrid ? "patch_embed.backbone.conv" : "patch_embed.proj");
        if (model.network().config().distillation() == Distillation.NONE) return json.put("classifier", "head");
        json.putArray("classifier").add("head").add("head_dist");
        return json;
    }
}
