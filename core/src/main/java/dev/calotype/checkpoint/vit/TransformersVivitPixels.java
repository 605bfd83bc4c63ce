package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vivit.VivitConfig.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What {@code VivitImageProcessor} does to frames: the shorter side to {@code square} pixels, the middle, and to values of 0..255 a
 * factor and an offset of 1 before mean and deviation. With its defaults, 1 / 127.5 and 0.5, pictures end up in [-3, 1].
 *
 * @param pixels all that it does to values, of those in [0, 1]
 * @param seen pixels per side of the middle
 */
record TransformersVivitPixels(Standardization pixels, int square, int seen) {
    private static final double LEVELS = 255, FACTOR = 1 / 127.5, HALF = 0.5;

    static TransformersVivitPixels of(PretrainedVivit model) {
        return new TransformersVivitPixels(
                model.pixels(), model.square(), model.network().ports().size());
    }

    /** What a file says, or the defaults of transformers where there is none. */
    static TransformersVivitPixels read(Path file, Ports ports) throws IOException {
        JsonNode json = Files.exists(file) ? TransformersVit.json(file) : Checkpoint.JSON.createObjectNode();
        try {
            return new TransformersVivitPixels(
                    values(json, ports.channels()), square(json, ports.size()), ports.size());
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    private static Standardization values(JsonNode json, int channels) {
        boolean rescaled = json.path("do_rescale").asBoolean(true);
        double factor = rescaled ? json.path("rescale_factor").asDouble(FACTOR) : 1;
        double offset = rescaled && json.path("offset").asBoolean(true) ? 1 : 0;
        boolean normalized = json.path("do_normalize").asBoolean(true);
        List<Double> mean = normalized ? each(json.get("image_mean"), channels) : Collections.nCopies(channels, 0.0);
        List<Double> deviation =
                normalized ? each(json.get("image_std"), channels) : Collections.nCopies(channels, 1.0);
        List<Double> means = new ArrayList<>(), deviations = new ArrayList<>();
        for (int i = 0; i < Math.min(mean.size(), deviation.size()); i++) {
            means.add((mean.get(i) + offset) / (LEVELS * factor));
            deviations.add(deviation.get(i) / (LEVELS * factor));
        }
        if (means.size() != channels)
            throw new IllegalArgumentException("image_mean and image_std must name " + channels + " channels");
        return new Standardization(means, deviations);
    }

    private static List<Double> each(JsonNode numbers, int channels) {
        return numbers == null || !numbers.isArray()
                ? Collections.nCopies(channels, HALF)
                : TransformersVit.numbers(numbers);
    }

    private static int square(JsonNode json, int seen) {
        if (!json.path("do_resize").asBoolean(true)) return seen;
        int most = seen == 224 ? 256 : seen;
        JsonNode size = json.path("size");
        return Math.max(
                seen, size.path("shortest_edge").asInt(size.path("height").asInt(most)));
    }

    ObjectNode json() {
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("image_processor_type", "VivitImageProcessor");
        json.put("do_resize", true).put("resample", 2);
        json.putObject("size").put("shortest_edge", square);
        json.put("do_center_crop", true);
        json.putObject("crop_size").put("height", seen).put("width", seen);
        json.put("do_rescale", true)
                .put("rescale_factor", FACTOR)
                .put("offset", true); // its video processor knows no other
        json.put("do_normalize", true);
        ArrayNode mean = json.putArray("image_mean"), deviation = json.putArray("image_std");
        pixels.mean().forEach(value -> mean.add(2 * value - 1));
        pixels.deviation().forEach(value -> deviation.add(2 * value));
        return json;
    }
}
