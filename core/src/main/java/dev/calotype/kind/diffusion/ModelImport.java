package dev.calotype.kind.diffusion;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.ImprovedUNet;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.ImportsModels.AttentionOrder;
import dev.calotype.experiment.offer.ImportsModels.Imported;
import dev.calotype.experiment.offer.ImportsModels.Wishes;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.JsonFile;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant.Labels;
import dev.calotype.nn.Blank;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Makes a run of a diffusion model that was trained elsewhere: of a folder of diffusers, a model or a pipeline, or of weights of
 * improved-diffusion and guided-diffusion.
 */
final class ModelImport {
    private static final String INDEX = "model_index.json", MODEL = "unet", SCHEDULER = "scheduler";
    private static final String SCHEDULER_CONFIG = "scheduler_config.json";
    private static final long MAX_BYTES = 1 << 22;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private ModelImport() {}

    /**
     * Imports a model into a new run directory.
     *
     * @throws IOException if it cannot be read, or has settings that no run can have; says which
     * @throws IllegalArgumentException or {@link dev.calotype.settings.RecipeException} if a wish is none of the model's
     */
    static Imported run(Path path, Wishes wishes, Path out) throws IOException {
        RunDirectory.requireNew(out);
        try (PointerScope scope = new PointerScope()) {
            if (!Files.isDirectory(path)) return improved(path, wishes, out);
            if (wishes.order() != AttentionOrder.LEGACY)
                throw new IllegalArgumentException(
                        "an order of attention is said of a .pt file, and " + path + " is a folder: leave it out");
            boolean pipeline = Files.isRegularFile(path.resolve(INDEX));
            Path model = pipeline ? path.resolve(MODEL) : path;
            List<String> notes = new ArrayList<>();
            DiffusersScheduler scheduler = scheduler(path, pipeline, notes);
            try (UNet network = DiffusersUNet.read(model)) {
                ObjectNode recipe = recipe(network.config(), network.ports(), wishes, model);
                recipe.set("process", scheduler.process());
                recipe.set("sampling", scheduler.sampling());
                notes.addAll(scheduler.notes());
                int size = wishes.size() == 0 ? sampleSize(model.resolve("config.json")) : wishes.size();
                return save(path, recipe, size, new Found(network.ports(), Weights.of(network)), wishes, notes, out);
            }
        }
    }

    private static DiffusersScheduler scheduler(Path path, boolean pipeline, List<String> notes) throws IOException {
        Path file = path.resolve(pipeline ? SCHEDULER + "/" + SCHEDULER_CONFIG : SCHEDULER_CONFIG);
        if (!pipeline && !Files.isRegularFile(file))
            file = path.resolveSibling(SCHEDULER).resolve(SCHEDULER_CONFIG);
        boolean ddim = pipeline
                && json(path.resolve(INDEX)).path("_class_name").asText().equals("DDIMPipeline");
        if (Files.isRegularFile(file)) return DiffusersScheduler.read(json(file), ddim);
        if (pipeline) throw new IOException(path + " has no " + SCHEDULER + "/" + SCHEDULER_CONFIG);
        notes.add("There is no " + SCHEDULER_CONFIG
                + ": the process is taken to be that of DDPM, 1000 linear steps that" + " predict the noise.");
        return DiffusersScheduler.read(JsonNodeFactory.instance.objectNode(), ddim);
    }

    private static int sampleSize(Path config) throws IOException {
        JsonNode size = json(config).path("sample_size");
        JsonNode side = size.isArray() ? size.path(0) : size;
        if (size.isArray() && !size.path(1).equals(side))
            throw new IOException(config + ": sample_size must be square: " + size);
        if (!side.isInt()) throw new IOException(config + " has no sample_size: say it, as `size` 64 does");
        return side.intValue();
    }

    private static Imported improved(Path file, Wishes wishes, Path out) throws IOException {
        if (!Files.isRegularFile(file)) throw new IOException("there is no file or folder " + file);
        ImprovedUNet read = ImprovedUNet.read(file, wishes.weights());
        ObjectNode recipe = recipe(read.config(), read.ports(), wishes, file);
        boolean learned = read.ports().out() == 2 * read.ports().in();
        recipe.putObject("process")
                .put("steps", 1000)
                .put("schedule", "linear")
                .put("variance", learned ? "learned-range" : "fixed-large")
                .put("loss", learned ? "hybrid" : "simple");
        if (wishes.size() == 0)
            throw new IllegalArgumentException(
                    file + " does not tell the size of its images: say it, as `size` 64 does");
        List<String> notes = new ArrayList<>(List.of("The file does not tell its heads, schedule and steps; taken are "
                + (read.config().heads() > 0
                        ? read.config().heads() + " heads"
                        : "heads of " + read.config().headChannels() + " channels")
                + " and 1000 linear steps: `set` network.heads, network.headChannels, process.schedule and process.steps to"
                + " others."));
        try (Scope.Owned<UNet> network = Blank.make(() -> Scope.own(() -> new UNet(read.config(), read.ports())))) {
            try {
                Weights.load(network.value(), read.weights(), Precision.FP32);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
            Found found = new Found(read.ports(), Weights.of(network.value()));
            return save(file, recipe, wishes.size(), found, wishes, notes, out);
        }
    }

    private static ObjectNode recipe(UNet.Config config, UNet.Ports ports, Wishes wishes, Path path)
            throws IOException {
        if (ports.in() != 1 && ports.in() != 3)
            throw new IOException(
                    path + " draws images of " + ports.in()
                            + " channels: a run can have 1 (grey) or 3 (colour), as DiffusersUNet of the library has no such bound");
        if (ports.out() != ports.in() && ports.out() != 2 * ports.in())
            throw new IOException(path + " answers with " + ports.out() + " channels to " + ports.in());
        ObjectNode recipe = JsonNodeFactory.instance.objectNode();
        recipe.put("kind", "diffusion");
        ObjectNode network = Yaml.tree(config);
        int classes = ports.classes();
        if (classes > 0) {
            boolean rest = wishes.classes().size() == classes - 1; // the last row is no class
            ObjectNode time = (ObjectNode) network.path("variant").path("time");
            boolean table = config.variant().time().labels() == Labels.TABLE;
            if (table && !rest) time.put("labels", "table-of-classes");
            ObjectNode condition = recipe.putObject("condition");
            condition.put("by", "label").put("dropout", rest ? 0.1 : 0);
            ArrayNode names = condition.putArray("classes");
            for (int i = 0; i < (rest ? classes - 1 : classes); i++)
                names.add(wishes.classes().isEmpty() ? String.valueOf(i) : named(wishes.classes(), i, classes));
        }
        recipe.set("network", network);
        return recipe;
    }

    private static String named(List<String> names, int i, int classes) {
        if (names.size() != classes && names.size() != classes - 1)
            throw new IllegalArgumentException("the model has " + classes
                    + " classes, or one fewer if its last means none: " + names.size() + " are named");
        return names.get(i);
    }

    /** What a file turned out to hold. */
    private record Found(UNet.Ports ports, Map<String, Tensor> weights) {}

    private static Imported save(
            Path path, ObjectNode recipe, int size, Found found, Wishes wishes, List<String> notes, Path out)
            throws IOException {
        UNet.Ports ports = found.ports;
        recipe.put("name", name(out));
        recipe.putObject("data")
                .put("source", wishes.data().isEmpty() ? DataSets.UNKNOWN : wishes.data())
                .put("size", size)
                .put("channels", ports.in());
        boolean learned = ports.out() == 2 * ports.in();
        ObjectNode process = (ObjectNode) recipe.get("process");
        if (learned != process.path("variance").asText().equals("learned-range")) {
            if (!learned)
                throw new IOException(path + ": variance_type is learned_range, but the network has no second half");
            process.put("variance", "learned-range").put("loss", "hybrid");
            notes.add("The network tells a variance that its scheduler does not use; ancestral sampling here does.");
        }
        recipe.putObject("training").put("learningRate", 1e-4).putArray("ema").add(0.9999);
        DiffusionExperiment experiment =
                (DiffusionExperiment) Recipe.parse(JSON.writeValueAsString(recipe), wishes.overrides());
        if (wishes.order() == AttentionOrder.NEW) ImprovedUNet.orderByHeads(found.weights, experiment.network());
        UNet.Ports wanted = experiment.ports();
        if (!wanted.equals(ports))
            throw new IllegalArgumentException("the recipe wants a network of " + wanted + ", but it has " + ports);
        RunDirectory run = RunDirectory.createAt(out);
        String text = Recipe.write(experiment);
        new CheckpointFolder(run.checkpoints(), 1)
                .write(new Checkpoint(state(experiment, found.weights), text, Map.of("step", 0.0, "seconds", 0.0)));
        AtomicFile.write(run.experimentFile(), text);
        return new Imported(
                run.toString(),
                experiment.network().toString(),
                experiment.process().toString(),
                experiment.sampling().toString(),
                List.copyOf(notes));
    }

    /** What a training that goes on wants: the weights, their averages, and moments of nothing. */
    private static Map<String, Tensor> state(DiffusionExperiment experiment, Map<String, Tensor> weights) {
        Map<String, Map<String, Tensor>> groups = new LinkedHashMap<>();
        groups.put("weights", weights);
        for (double decay : experiment.training().ema()) groups.put("ema/" + decay, weights);
        Map<String, Tensor> zeros = new LinkedHashMap<>();
        weights.forEach((name, w) ->
                zeros.put(name, w.new_zeros(new long[0]).expand(Tensors.shape(w)))); // without their memory
        groups.put("adam/first", zeros);
        groups.put("adam/second", zeros);
        return Checkpoint.groups(groups);
    }

    private static String name(Path out) {
        String name = out.toAbsolutePath().normalize().getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "-");
        String plain = name.replaceFirst("-\\d+$", "");
        return plain.matches("[A-Za-z0-9].*") ? plain.substring(0, Math.min(100, plain.length())) : "imported";
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonFile.object(JSON, file, MAX_BYTES);
    }
}
