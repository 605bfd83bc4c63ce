package dev.calotype.kind.diffusion;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.OutputFile;
import dev.calotype.model.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a trained diffusion model as a pipeline of diffusers, which {@code DiffusionPipeline.from_pretrained} opens. */
final class ModelExport {
    private ModelExport() {}

    /**
     * Writes {@code model_index.json}, {@code unet/} and {@code scheduler/} into a new or empty folder.
     *
     * @param model with weights in fp32
     * @return what the pipeline draws otherwise than the model here, a sentence each
     * @throws IOException if the folder holds something, or cannot be written
     * @throws IllegalArgumentException if diffusers has no such model
     */
    static List<String> write(TrainedDiffusion model, Path folder) throws IOException {
        List<String> notes = new ArrayList<>();
        DiffusionExperiment experiment = model.experiment();
        ObjectNode scheduler = DiffusersScheduler.json(experiment, notes);
        if (experiment.labelled())
            notes.add(
                    "The pipelines of diffusers tell a network no class: call unet(x, t, class_labels=...) yourself.");
        OutputFile.requireEmpty(folder);
        DiffusersUNet.write(
                folder.resolve("unet"),
                (UNet) model.model().network(),
                experiment.data().size());
        ObjectMapper json = new ObjectMapper();
        Files.createDirectories(folder.resolve("scheduler"));
        AtomicFile.write(
                folder.resolve("scheduler/scheduler_config.json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsString(scheduler));
        String type = scheduler.get("_class_name").asText();
        ObjectNode index = json.createObjectNode();
        index.put("_class_name", type.replace("Scheduler", "Pipeline")).put("_diffusers_version", "0.42.1");
        index.putArray("scheduler").add("diffusers").add(type);
        index.putArray("unet").add("diffusers").add("UNet2DModel");
        AtomicFile.write(
                folder.resolve("model_index.json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsString(index));
        return List.copyOf(notes);
    }
}
