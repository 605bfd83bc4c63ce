package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.kind.diffusion.DiffusersScheduler;
import dev.calotype.kind.diffusion.DiffusionKind;
import dev.calotype.kind.diffusion.ProcessSettings;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.settings.Check;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What the config of a scheduler of diffusers says.
 *
 * @param sampling how it is drawn where nobody says otherwise
 * @param least steps that it can be drawn in
 * @param notes what is not honoured, a sentence each
 */
public record Scheduled(GaussianDiffusion process, SamplingSettings sampling, int least, List<String> notes) {
    public Scheduled {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a config.
     *
     * @param guidance where nobody says otherwise
     * @throws IOException if the process is none of ours
     */
    public static Scheduled of(JsonNode config, double guidance) throws IOException {
        DiffusersScheduler scheduler = DiffusersScheduler.read(config, false);
        ObjectNode defaults = Yaml.resource(DiffusionKind.class, "diffusion-defaults.yaml");
        ObjectNode process = (ObjectNode) defaults.get("process"), sampling = (ObjectNode) defaults.get("sampling");
        Yaml.merge(process, scheduler.process());
        Yaml.merge(sampling, scheduler.sampling());
        sampling.put("guidance", guidance);
        return new Scheduled(
                Yaml.value(process, ProcessSettings.class).process(),
                Yaml.value(sampling, SamplingSettings.class),
                DiffusersScheduler.isUnclip(config) ? 2 : 1,
                scheduler.notes());
    }

    /**
     * How it is drawn with what is asked for.
     *
     * @param asked by the names of {@link SamplingSettings#with}
     * @throws IllegalArgumentException if it cannot be asked for
     */
    public SamplingSettings with(Map<String, String> asked) {
        int most = process.schedule().steps();
        SamplingSettings settings = sampling.with(asked, most);
        Check.range("steps", settings.steps(), least, most);
        return settings;
    }
}
