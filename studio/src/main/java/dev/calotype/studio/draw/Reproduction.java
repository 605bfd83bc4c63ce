package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.drawing.Gallery;
import dev.calotype.drawing.SharedModel;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.model.ModelEntry.Form;
import dev.calotype.studio.model.OpenModels;
import dev.calotype.studio.web.Limits;
import dev.calotype.studio.web.Workshop;
import dev.calotype.studio.web.Workshop.Versions;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Draws a picture again from what its file says: one of a studio, or one that {@code calotype sample} wrote. */
public final class Reproduction {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AllowedFolders folders;
    private final ModelCatalog models;
    private final Progress progress;

    /**
     * What came of it.
     *
     * @param texts that the file of the picture is to have
     * @param different pixels that are not those of the file
     * @param differences between then and now, a sentence each
     */
    public record Again(Picture picture, Map<String, String> texts, long different, List<String> differences) {
        /** Whether it is the same to the bit. */
        public boolean isSame() {
            return different == 0;
        }
    }

    /** What was drawn, and what the model says of it now. */
    private record Drawn(Picture picture, Map<String, String> origin) {}

    private Reproduction(AllowedFolders folders, ModelCatalog models, Progress progress) {
        this.folders = folders;
        this.models = models;
        this.progress = progress;
    }

    /**
     * Draws the picture of a PNG file again.
     *
     * @param modelFolders where its model is looked for
     * @throws IOException if a file cannot be read, or does not say how it was made
     * @throws IllegalArgumentException or {@link dev.calotype.studio.job.Refusal} if its model is not there, or it cannot be drawn
     */
    public static Again of(Path file, List<Path> modelFolders, Progress progress) throws IOException {
        Map<String, String> texts = PngFile.text(file);
        AllowedFolders folders = new AllowedFolders(modelFolders);
        Reproduction reproduction =
                new Reproduction(folders, new ModelCatalog(folders, file.resolveSibling("no such list")), progress);
        Picture then = PictureFile.read(file).colours();
        List<String> differences = new ArrayList<>();
        Drawn drawn;
        if (texts.containsKey(Workshop.TOLD))
            drawn = reproduction.ofStudio(file, JSON.readTree(texts.get(Workshop.TOLD)), differences);
        else if (texts.containsKey("experiment") && texts.containsKey("sampling"))
            drawn = reproduction.ofRun(file, texts);
        else
            throw new IOException(
                    file + " does not say how it was made: pictures of a studio and of sample, as PNG files, do");
        for (String name : List.of("weights", "sampling", "computed"))
            differ(differences, name, texts.get(name), drawn.origin().get(name));
        return new Again(drawn.picture(), texts, different(then, drawn.picture()), differences);
    }

    private static void differ(List<String> differences, String name, String then, String now) {
        if (then != null && !then.equals(now)) differences.add(name + ": then " + then + ", now " + now);
    }

    private static long different(Picture then, Picture now) {
        if (then.width() != now.width() || then.height() != now.height()) return (long) then.width() * then.height();
        byte[] a = Images.withChannels(then, 3).pixels(),
                b = Images.withChannels(now, 3).pixels();
        long count = 0;
        for (int i = 0; i < a.length; i += 3) if (a[i] != b[i] || a[i + 1] != b[i + 1] || a[i + 2] != b[i + 2]) count++;
        return count;
    }

    private Drawn ofStudio(Path file, JsonNode settings, List<String> differences) throws IOException {
        String type = settings.path("type").asText();
        if (!type.equals("draw") || !(settings.path("request") instanceof ObjectNode request))
            throw new IOException(
                    file + " is of a job of type " + type + ": only pictures that were drawn are drawn again");
        DrawWish wish = DrawWish.of(new Fields(request.deepCopy()), Limits.USUAL);
        Check.that(
                wish.image().isEmpty(),
                "a picture that began with another, which was sent, cannot be drawn again from its file",
                file);
        Versions now = Versions.current();
        differ(differences, "version", settings.path("version").asText(), now.program());
        differ(differences, "engine", settings.path("engine").asText(), now.engine());
        ModelEntry entry = models.model(wish.model());
        Placement placement = Placements.of(settings.at("/made/computed").asText());
        if (entry.form() == Form.PIPELINE) return ofPipeline(entry, wish, placement);
        Request asked = DrawType.request(entry, wish);
        try (DrawsImages model = OpenModels.open(entry, placement)) {
            return new Drawn(one(model, asked, wish.first()), model.origin(asked));
        }
    }

    private Picture one(DrawsImages model, Request request, long index) {
        Drawing.Watcher watcher = (done, steps, predicted) -> progress.at("steps", done, steps);
        return Scope.read(() -> Images.pictures(model.images(List.of(new Drawing.Wanted(request, index)), watcher))
                .get(0));
    }

    private Drawn ofPipeline(ModelEntry entry, DrawWish wish, Placement placement) throws IOException {
        TextPipeline pipeline = PipelineWork.open(folders, entry, wish);
        TextPipeline.Wishes wishes = PipelineWork.wishes(pipeline, wish, Optional.empty(), Limits.USUAL);
        List<TextPipeline.Wanted> wanted = List.of(new TextPipeline.Wanted(wishes, wish.first()));
        return new Drawn(
                pipeline.draw(wanted, placement, TextPipeline.Watcher.of(progress))
                        .get(0)
                        .picture(),
                Map.of("sampling", pipeline.sampling(wish.sampling()), "computed", "on " + placement));
    }

    /** A picture of {@code calotype sample}, single or a sheet. */
    private Drawn ofRun(Path file, Map<String, String> texts) throws IOException {
        if (texts.containsKey("interpolation"))
            throw new IOException(file + " shows the way between two pictures: ways are not drawn again");
        if (!texts.containsKey("index") && !texts.containsKey("images"))
            throw new IOException(
                    file + " does not say which picture of its seed it is: older versions did not write it");
        Placement placement = Placements.of(texts.getOrDefault("computed", ""));
        String name = texts.get("experiment"), weights = texts.getOrDefault("weights", "");
        List<String> adapters = adapters(texts), others = new ArrayList<>();
        for (ModelEntry entry : models.models()) {
            if (entry.form() != Form.RUN || !entry.can().contains("draw")) continue;
            if (!entry.about().path("name").asText().equals(name)) continue;
            try (DrawsImages model = TrainedFile.open(entry.path(), adapters, Capability.DRAWS_IMAGES, placement)) {
                if (model.hash().equals(weights)) return drawn(model, adapters, texts);
                others.add(entry.id());
            } catch (IOException e) {
                if (adapters.isEmpty()) throw e;
                others.add(entry.id() + " (" + e.getMessage() + ")"); // the adapters may belong to another
            }
        }
        throw new IllegalArgumentException("there is no model here with the weights " + weights
                + (others.isEmpty() ? ", and none called " + name : "; others called " + name + " are " + others));
    }

    /** Those that were added to the weights; a picture names files, of which only those of the folders are read. */
    private List<String> adapters(Map<String, String> texts) {
        List<String> adapters = SharedModel.adapters(texts);
        for (String adapter : adapters)
            try {
                folders.require(
                        TrainedFile.adapterFile(adapter).toAbsolutePath().toString());
            } catch (Refusal e) {
                throw new IllegalArgumentException(
                        "the adapter " + adapter + " that the picture names is not there in the folders of models", e);
            }
        return adapters;
    }

    private Drawn drawn(DrawsImages model, List<String> adapters, Map<String, String> texts) throws IOException {
        GenerativeExperiment experiment = model.experiment();
        Request request = new Request(
                SamplingText.read(experiment, texts.get("sampling")),
                Long.parseLong(texts.getOrDefault("seed", "0")),
                Integer.parseInt(texts.getOrDefault("class", String.valueOf(Request.ANY))));
        Picture picture = texts.containsKey("index")
                ? one(model, request, Long.parseLong(texts.get("index")))
                : new Gallery(model, progress).sheet(request, Integer.parseInt(texts.get("images")));
        Map<String, String> origin = model.origin(request);
        SharedModel.tell(adapters, origin);
        return new Drawn(picture, origin);
    }
}
