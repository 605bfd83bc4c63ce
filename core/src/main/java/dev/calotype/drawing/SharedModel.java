package dev.calotype.drawing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A model whose images several processes draw, each some of those that are wanted at once. The others have opened the same weights, and
 * {@link #follow}. Image i is the one that a single process draws.
 */
public final class SharedModel implements DrawsImages {
    /** What the order to {@link #follow} is called. */
    public static final String ORDER = "draw";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What is drawn, for the others.
     *
     * @param run as rank 0 calls it
     * @param hash of its averaged weights
     * @param adapters added to it
     * @param sampling what is asked for otherwise than its recipe has it, by name
     * @param label the class, or {@link Request#ANY}
     */
    record Asked(
            String run,
            String hash,
            List<String> adapters,
            Map<String, String> sampling,
            Precision precision,
            long seed,
            int label) {}

    private static final String ADAPTERS = "adapters"; // what a picture says by this name

    private final DrawsImages own;
    private final Ranks ranks;
    private final Path run;
    private final List<String> adapters;
    private final Map<String, String> sampling;
    private boolean drawing; // whether the others wait for what is wanted

    /**
     * Of rank 0.
     *
     * @param own owned
     * @param ranks borrowed
     * @param run what was opened, and {@code adapters} with it
     * @param sampling what requests ask for otherwise than the recipe of the model has it, by name
     */
    public SharedModel(DrawsImages own, Ranks ranks, Path run, List<String> adapters, Map<String, String> sampling) {
        this.own = own;
        this.ranks = ranks;
        this.run = run;
        this.adapters = List.copyOf(adapters);
        this.sampling = Map.copyOf(sampling);
    }

    @Override
    public synchronized Drawing drawing(Request request) {
        Drawing alone = own.drawing(request);
        if (!ranks.several()) return alone;
        endDrawing();
        Asked asked = new Asked(
                run.toString(), hash(), adapters, sampling, placement().precision(), request.seed(), request.label());
        try {
            Order.give(ranks, ORDER, JSON.writeValueAsString(asked));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        drawing = true;
        return Drawing.of(alone.name(), alone.seed(), alone.data(), (first, count) -> {
            synchronized (this) {
                ranks.follow(first, count);
                return together(alone, ranks, first, count);
            }
        });
    }

    private void endDrawing() {
        if (drawing) ranks.follow(0, 0);
        drawing = false;
    }

    /** The first of {@code count} images that is a rank's. */
    private static int first(int rank, Ranks ranks, int count) {
        return (int) ((long) count * rank / ranks.world());
    }

    /** What all draw of {@code count} images, each its part. */
    private static Tensor together(Drawing drawing, Ranks ranks, long first, int count) {
        return Scope.inference(() -> {
            int from = first(ranks.rank(), ranks, count), to = first(ranks.rank() + 1, ranks, count);
            long side = drawing.data().size();
            Tensor whole = torch.zeros(count, drawing.data().channels(), side, side);
            if (to > from)
                whole.narrow(0, from, to - from)
                        .copy_(drawing.images(first + from, to - from).cpu());
            ranks.sum(whole);
            return whole; // (count, C, H, W)
        });
    }

    /**
     * Draws what rank 0 wants, until it wants no more of this order.
     *
     * @param text of the order
     * @param device that draws here
     * @param run the model, where it lies elsewhere here
     * @return how many images this process has drawn
     * @throws IOException if the model cannot be opened, or is another one than that of rank 0
     */
    public static long follow(Ranks ranks, String text, Device device, Optional<Path> run) throws IOException {
        Asked asked = JSON.readValue(text, Asked.class);
        Path source = run.orElse(Path.of(asked.run));
        Placement placement = new Placement(device, asked.precision);
        try (DrawsImages model = TrainedFile.open(source, asked.adapters, Capability.DRAWS_IMAGES, placement)) {
            if (!model.hash().equals(asked.hash))
                throw new IOException(source + " has other weights than " + asked.run + " of rank 0");
            Request request = new Request(model.experiment().sampling(asked.sampling), asked.seed, asked.label);
            Drawing drawing = model.drawing(request);
            long drawn = 0;
            for (double[] wanted = ranks.follow(0, 0); wanted[1] > 0; wanted = ranks.follow(0, 0)) {
                long first = (long) wanted[0];
                int count = (int) wanted[1];
                Scope.run(() -> together(drawing, ranks, first, count));
                drawn += first(ranks.rank() + 1, ranks, count) - first(ranks.rank(), ranks, count);
            }
            return drawn;
        }
    }

    @Override
    public Optional<MemoryEstimate> memory(Request request, int images) {
        return own.memory(request, Math.max(1, images / ranks.world()));
    }

    @Override
    public <T extends TrainedModel> T as(Capability<T> capability) {
        return own.as(capability);
    }

    @Override
    public Map<String, String> origin(Request request) {
        Map<String, String> origin = own.origin(request);
        tell(adapters, origin);
        return origin;
    }

    /**
     * Puts adapters that were added to the weights into what a picture says of itself, with commas between; as a JSON array where a file has a
     * comma in its name.
     */
    public static void tell(List<String> adapters, Map<String, String> origin) {
        if (adapters.isEmpty()) return;
        origin.put(ADAPTERS, String.join(", ", adapters));
        if (!adapters(origin).equals(adapters))
            origin.put(ADAPTERS, JSON.valueToTree(adapters).toString());
    }

    /** What {@link #tell} has told; none where a picture names none. */
    public static List<String> adapters(Map<String, String> origin) {
        String told = origin.getOrDefault(ADAPTERS, "");
        if (told.isEmpty()) return List.of();
        try {
            if (told.startsWith("[")) return List.of(JSON.readValue(told, String[].class));
        } catch (JsonProcessingException e) {
            return List.of(told.split(", ")); // of a file whose name begins so
        }
        return List.of(told.split(", "));
    }

    @Override
    public GenerativeExperiment experiment() {
        return own.experiment();
    }

    @Override
    public Placement placement() {
        return own.placement();
    }

    @Override
    public long step() {
        return own.step();
    }

    @Override
    public String hash() {
        return own.hash();
    }

    /** Ends what the others draw; they wait for the next order. */
    @Override
    public synchronized void close() {
        try (own) {
            endDrawing();
        }
    }
}
