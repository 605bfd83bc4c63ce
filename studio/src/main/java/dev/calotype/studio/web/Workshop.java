package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.JobQueue;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.OpenModels;
import dev.calotype.studio.upload.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the rooms of a studio share.
 *
 * @param home the studio's own folder
 * @param folders that requests may name files in; the first is where new runs go
 * @param open of the thread of the engine alone
 * @param launcher of processes of this program; empty where there is none, as within other programs
 * @param versions of the program and the engine
 */
public record Workshop(
        Path home,
        AllowedFolders folders,
        ModelCatalog models,
        OpenModels open,
        JobQueue jobs,
        Uploads uploads,
        Limits limits,
        Optional<Launcher> launcher,
        EventStream streams,
        Versions versions) {
    /** The key of the text of a PNG file in which it says as JSON how it was made. */
    public static final String TOLD = "calotype";

    /**
     * What a result says of how it was made.
     *
     * @param type of the job
     * @param request that makes it alone
     * @param made what is known of how it came about
     */
    public ObjectNode told(String type, ObjectNode request, ObjectNode made) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put("type", type);
        settings.set("request", request);
        settings.set("made", made);
        return settings.put("version", versions.program()).put("engine", versions.engine());
    }

    /** Which build this is: pictures are drawn again to the bit by the same. */
    public record Versions(String program, String engine) {
        /** Of this build, as it wrote them into a resource. */
        public static Versions current() {
            try (InputStream in = Workshop.class.getResourceAsStream("/dev/calotype/studio/version.txt")) {
                List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                return new Versions(lines.get(0), "libtorch " + lines.get(1));
            } catch (IOException e) {
                throw new UncheckedIOException("the resource version.txt is damaged", e);
            }
        }
    }
}
