package dev.calotype.studio.restore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.image.HoleMask;
import dev.calotype.image.HoleMask.Shade;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureKind;
import dev.calotype.image.Resize.Filter;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Method;
import dev.calotype.restoration.Methods;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Limits;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Jobs that restore a picture that was sent. */
record RestoreType(Workshop workshop) implements JobType {
    private static final List<String> TASKS = List.of("inpaint", "denoise", "enlarge", "deblur", "jpeg");
    private static final List<String> FIELDS = List.of(
            "image",
            "mask",
            "task",
            "method",
            "seconds",
            "iterations",
            "model",
            "detect",
            "sigma",
            "scale",
            "kernel",
            "quality",
            "seed",
            "preview");
    private static final int LONGEST = 3600; // of the one engine, for which all others wait

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(FIELDS);
        String task = fields.oneOf("task", TASKS)
                .orElseThrow(() -> new IllegalArgumentException("task must be one of " + String.join(", ", TASKS)));
        Path image = workshop.uploads().file(fields.requireText("image"));
        byte[] content = Files.readAllBytes(image);
        PictureFile picture = PictureFile.decode(content);
        Optional<PictureKind> kind = PictureKind.ofContent(content);
        int scale = task.equals("enlarge") ? fields.whole("scale", 2, 16, 4) : 1;
        requireSize(picture, scale);
        requireOf(fields, task);
        Damaged damaged = damaged(task, fields, scale);
        Optional<Path> mask = mask(fields);
        if (damaged instanceof Damaged.Incomplete) requireHole(picture, mask);
        if (damaged instanceof Damaged.Compressed jpeg && jpeg.quality() == 0) requireJpeg(kind);
        Method method = Methods.named(fields.text("method").orElse("auto"), List.of());
        Optional<ModelEntry> prior = fields.text("model").map(workshop.models()::model);
        prior.ifPresent(model -> model.require("restore"));
        var sources = new Equipment.Sources(
                prior.map(model -> model.path().toString()).orElse(""),
                "",
                "",
                DeviceChoice.AUTO,
                PrecisionChoice.AUTO);
        return new RestoreWork(
                workshop,
                image,
                kind,
                mask,
                damaged,
                method,
                sources,
                prior,
                RestoreWork.Budgets.of(fields, LONGEST),
                request);
    }

    private static void requireHole(PictureFile picture, Optional<Path> mask) throws IOException {
        if (mask.isPresent()) new SentMask(mask.get()).requireFor(picture);
        else if (HoleMask.ofAlpha(picture).isEmpty())
            throw new IllegalArgumentException(
                    "mask must be given, or detect, where the picture has no transparent hole");
    }

    private static void requireJpeg(Optional<PictureKind> kind) {
        if (!kind.equals(Optional.of(PictureKind.JPEG)))
            throw new IllegalArgumentException("quality must be given where the picture is not a JPEG file");
    }

    private void requireSize(PictureFile picture, int scale) {
        Limits limits = workshop.limits();
        long width = (long) picture.colours().width() * scale,
                height = (long) picture.colours().height() * scale;
        Check.that(
                width * height <= limits.pixels(),
                "the answer must have at most " + limits.pixels() + " pixels",
                width + " x " + height);
    }

    /** Refuses what another task would take. */
    private static void requireOf(Fields fields, String task) {
        requireOnly(fields, "mask", task, "inpaint");
        requireOnly(fields, "detect", task, "inpaint");
        requireOnly(fields, "scale", task, "enlarge");
        requireOnly(fields, "kernel", task, "deblur");
        requireOnly(fields, "quality", task, "jpeg");
        Check.that(!fields.has("mask") || !fields.has("detect"), "mask and detect tell the same: say one", "both");
    }

    private static void requireOnly(Fields fields, String name, String task, String owner) {
        Check.that(!fields.has(name) || task.equals(owner), name + " is of the task " + owner + " alone", task);
    }

    private Optional<Path> mask(Fields fields) {
        return fields.text("mask").map(workshop.uploads()::file);
    }

    private static Damaged damaged(String task, Fields fields, int scale) {
        boolean finds = fields.oneOf("detect", List.of("scratches")).isPresent();
        return switch (task) {
            case "inpaint" -> finds ? new Damaged.Scratched() : new Damaged.Incomplete(null, null);
            case "denoise" -> new Damaged.Noisy();
            case "enlarge" -> new Damaged.Small(scale, Filter.BICUBIC);
            case "deblur" -> new Damaged.Blurred(fields.requireText("kernel"));
            default -> new Damaged.Compressed(fields.whole("quality", 1, 100, 0));
        };
    }

    /** The hole that a mask was made of, in files of white on black. */
    static Damaged withMask(Path white) {
        return new Damaged.Incomplete(white, Shade.WHITE);
    }
}
