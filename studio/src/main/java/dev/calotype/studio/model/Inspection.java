package dev.calotype.studio.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.ConditionSettings.By;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.run.LearningStrip;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.studio.model.ModelEntry.Form;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at folders and files for models, and reads of weights no more than their heads. */
final class Inspection {
    private static final List<String> SAMPLERS = List.of(
            "ddim", "dpm++", "dpm++sde", "unipc", "heun", "euler", "euler-ancestral", "plms", "lcm", "ancestral");
    private static final Map<String, String> TRIED =
            Map.of("steps", "2", "guidance", "1", "eta", "0", "spacing", "trailing", "truncation", "1");
    private static final Map<Capability<?>, String> WORDS = Map.of(
            Capability.DRAWS_IMAGES, "draw",
            Capability.WALKS_BETWEEN, "interpolate",
            Capability.RESTORES_PICTURES, "restore",
            Capability.ENLARGES_PICTURES, "enlarge",
            Capability.ENCODES_PICTURES_AND_TEXTS, "embed",
            Capability.NAMES_CLASSES, "classify");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Inspection() {}

    /** What a path is, if it is a model; quick. */
    static Optional<Form> form(Path path) throws IOException {
        if (Chain.isOne(path)) return Optional.of(Form.CHAIN);
        if (Files.isRegularFile(path.resolve("experiment.yaml"))) return Optional.of(Form.RUN);
        if (Files.isDirectory(path)) {
            boolean texts = TextPipelines.installed().isOne(path)
                    && TextPipelines.installed().readsTexts(path);
            return texts ? Optional.of(Form.PIPELINE) : Optional.empty();
        }
        String name = path.getFileName().toString();
        if (!name.endsWith(".safetensors") && !name.endsWith(".ckpt")) return Optional.empty();
        if (name.endsWith(".safetensors") && TrainedFile.isCheckpoint(path)) return Optional.of(Form.RUN);
        return TextPipelines.installed().isOne(path) ? Optional.of(Form.PIPELINE) : Optional.empty();
    }

    /** Changes when what there is to know of a model does; empty for a run without weights yet. */
    static Optional<String> stamp(Path path, Form form) throws IOException {
        Path run = form == Form.CHAIN ? UnclipFiles.of(path).decoder() : path;
        if (form == Form.PIPELINE || Files.isRegularFile(run))
            return Optional.of(String.valueOf(Files.getLastModifiedTime(run).toMillis()));
        if (!Files.isDirectory(run)) return Optional.empty();
        RunDirectory directory = new RunDirectory(run);
        Optional<Path> latest = Files.isDirectory(directory.checkpoints())
                ? new CheckpointFolder(directory.checkpoints(), 1).latest()
                : Optional.empty();
        if (latest.isEmpty()) return Optional.empty();
        long judged = Files.exists(directory.evaluationFile())
                ? Files.getLastModifiedTime(directory.evaluationFile()).toMillis()
                : 0;
        return Optional.of(latest.get().getFileName() + " " + judged);
    }

    /** @throws IOException or RuntimeException if it cannot be read */
    static ModelEntry look(String id, Path path, Form form, String stamp) throws IOException {
        return switch (form) {
            case PIPELINE -> pipeline(id, path, stamp);
            case RUN -> run(id, path, path, form, stamp);
            case CHAIN -> {
                UnclipFiles files = UnclipFiles.of(path);
                boolean words = files.encoder().filter(Files::isDirectory).isPresent();
                yield words
                        ? run(id, path, files.upsampler().orElse(files.decoder()), Form.CHAIN, stamp)
                        : run(id, files.decoder(), files.decoder(), Form.RUN, stamp);
            }
        };
    }

    private static ModelEntry run(String id, Path path, Path draws, Form form, String stamp) throws IOException {
        Experiment experiment = TrainedFile.experiment(draws);
        Optional<GenerativeExperiment> generative = experiment.generative();
        Set<String> can = form == Form.CHAIN ? Set.of("draw", "text", "variations") : can(experiment);
        GenerativeExperiment asked =
                form == Form.CHAIN ? TrainedFile.generative(UnclipFiles.of(path).decoder()) : generative.orElse(null);
        RunDirectory directory = new RunDirectory(draws);
        ObjectNode about = JsonNodeFactory.instance
                .objectNode()
                .put("name", form == Form.CHAIN ? path.getFileName().toString() : experiment.name())
                .put("kind", form == Form.CHAIN ? "chain" : Kinds.of(experiment).name());
        Optional<Path> latest = latest(draws);
        latest.ifPresent(file -> about.put("steps", CheckpointFolder.step(file)));
        about.put("changed", Files.getLastModifiedTime(latest.orElse(draws)).toString());
        if (Files.isDirectory(draws))
            directory
                    .judgement()
                    .ifPresent(judged ->
                            about.set("score", JSON.valueToTree(judged.scores().byName())));
        if (asked != null) about.set("defaults", defaults(asked));
        int side = generative.isPresent() ? experiment.data().size() : 0;
        return new ModelEntry(
                id,
                path,
                form,
                can,
                side,
                side,
                asked == null ? List.of() : asked.condition().classes(),
                asked == null ? List.of() : options(asked),
                asked == null ? List.of() : samplers(asked),
                latest.isEmpty() ? 0 : Files.size(latest.get()),
                stamp,
                Files.isDirectory(draws) ? picture(directory) : Optional.empty(),
                about);
    }

    private static Optional<Path> latest(Path run) throws IOException {
        if (Files.isRegularFile(run)) return Optional.of(run);
        return new CheckpointFolder(new RunDirectory(run).checkpoints(), 1).latest();
    }

    private static Set<String> can(Experiment experiment) {
        Set<String> can = new LinkedHashSet<>();
        for (Capability<?> capability : Kinds.capabilities(experiment))
            if (WORDS.containsKey(capability)) can.add(WORDS.get(capability));
        experiment
                .generative()
                .filter(model -> model.condition().by() == By.SMALLER)
                .ifPresent(model -> can.removeAll(List.of("draw", "interpolate"))); // it wants a picture
        return can;
    }

    private static ObjectNode defaults(GenerativeExperiment experiment) {
        ObjectNode all = JSON.valueToTree(experiment.sampling());
        ObjectNode defaults = JsonNodeFactory.instance
                .objectNode()
                .put("sampling", experiment.sampling().toString());
        for (String name : List.of("steps", "guidance", "truncation"))
            if (all.path(name).isNumber()) defaults.set(name, all.get(name));
        return defaults;
    }

    private static List<String> samplers(GenerativeExperiment experiment) {
        return SAMPLERS.stream()
                .filter(name -> takes(experiment, "sampler", name))
                .toList();
    }

    private static List<String> options(GenerativeExperiment experiment) {
        List<String> options = new ArrayList<>();
        if (!samplers(experiment).isEmpty()) options.add("sampler");
        TRIED.forEach((name, value) -> {
            if (takes(experiment, name, value)) options.add(name);
        });
        return options.stream().sorted().toList();
    }

    private static boolean takes(GenerativeExperiment experiment, String name, String value) {
        try {
            experiment.sampling(Map.of(name, value));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Path> picture(RunDirectory run) throws IOException {
        if (Files.exists(run.gridFile())) return Optional.of(run.gridFile());
        return LearningStrip.grids(run).values().stream().reduce((earlier, later) -> later);
    }

    private static ModelEntry pipeline(String id, Path path, String stamp) throws IOException {
        TextPipeline pipeline = TextPipelines.installed().open(path, Additions.NONE);
        ObjectNode about = JsonNodeFactory.instance
                .objectNode()
                .put("name", path.getFileName().toString())
                .put("kind", pipeline.type())
                .put("changed", Files.getLastModifiedTime(path).toString());
        about.putObject("defaults").put("sampling", pipeline.sampling(Map.of()));
        about.set("notes", JSON.valueToTree(pipeline.notes()));
        return new ModelEntry(
                id,
                path,
                Form.PIPELINE,
                Set.of("draw", "text", "edit"),
                pipeline.size()[0],
                pipeline.size()[1],
                List.of(),
                List.of("eta", "guidance", "sampler", "spacing", "steps"),
                SAMPLERS.stream().filter(name -> takes(pipeline, name)).toList(),
                bytes(path),
                stamp,
                Optional.empty(),
                about);
    }

    private static boolean takes(TextPipeline pipeline, String sampler) {
        try {
            pipeline.sampling(Map.of("sampler", sampler));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static long bytes(Path path) throws IOException {
        if (Files.isRegularFile(path)) return Files.size(path);
        long sum = 0;
        try (Stream<Path> files = Files.walk(path, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) sum += Files.size(file);
        }
        return sum;
    }
}
