package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.Prediction;
import dev.calotype.io.Reason;
import dev.calotype.kind.diffusion.DiffusersScheduler;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.pipeline.Scheduled;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How Karlo makes its small pictures large: two networks see the noisy large picture beside the small one, which is resized, and the
 * second takes the last step alone. Each is read when it is its turn.
 *
 * @param factor by which pictures become larger, per side
 * @param coarsest of which the sides of large pictures are multiples
 */
record Enlarging(UnclipFolder folder, Scheduled scheduled, int factor, int coarsest) {
    private static final String STEPS = "enlarging-steps", FIRST = "super_res_first", LAST = "super_res_last";
    private static final int USUAL_STEPS = 7, USUAL_SIDE = 256;

    /**
     * Reads the settings.
     *
     * @param small the side of what the decoder draws
     */
    static Enlarging open(UnclipFolder folder, int small) throws IOException {
        var config = folder.scheduler("super_res_scheduler");
        if (!DiffusersScheduler.isUnclip(config))
            throw new IOException(folder.path() + ": super_res_scheduler must be UnCLIPScheduler: "
                    + config.path("_class_name").asText("nothing"));
        Scheduled scheduled = Scheduled.of(config, 1);
        int coarsest = 1;
        int side = folder.network(FIRST).config().path("sample_size").asInt(USUAL_SIDE);
        for (String part : List.of(FIRST, LAST)) {
            int levels =
                    folder.network(part).config().path("block_out_channels").size();
            coarsest = Math.max(coarsest, 1 << Math.min(10, Math.max(0, levels - 1)));
        }
        if (side < small || side % small != 0)
            throw new IOException(folder.path() + ": the sample_size of " + FIRST + " must be a multiple of that of the"
                    + " decoder, " + small + ": " + side);
        return new Enlarging(folder, scheduled, side / small, coarsest);
    }

    /** What is asked for of the other parts. */
    static Map<String, String> others(Map<String, String> asked) {
        Map<String, String> others = new LinkedHashMap<>(asked);
        others.remove(STEPS);
        return others;
    }

    /** How it draws with what is asked for. */
    SamplingSettings settings(Map<String, String> asked) {
        int most = scheduled.process().schedule().steps();
        String steps = asked.getOrDefault(STEPS, "" + Math.min(USUAL_STEPS, most));
        try {
            return scheduled.with(Map.of("steps", steps));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the enlarging's " + e.getMessage(), e);
        }
    }

    /** For people. */
    String said(Map<String, String> asked) {
        return "enlarged by " + settings(asked);
    }

    /**
     * Pictures that are {@code factor} times as large, in the caller's scope.
     *
     * @param small (1, C, h, w) each, of the same sides, in [-1, 1]
     * @param streams of noise, one of one row for each
     */
    List<Tensor> enlarged(
            List<Tensor> small, List<Rng> streams, SamplingSettings how, Placement placement, Watched watched)
            throws IOException {
        List<Tensor> seen = new ArrayList<>(), noisy = new ArrayList<>(), large = new ArrayList<>();
        for (Tensor picture : small)
            seen.add(Scope.inference(() -> Kernels.resizeBicubicAntialiased(
                    picture, factor * picture.size(2), factor * picture.size(3)))); // (1, C, H, W)
        try (Scope.Owned<UNet> owned = network(FIRST, small.get(0).size(1), placement)) {
            UNet network = owned.value();
            for (int i = 0; i < small.size(); i++) {
                Tensor beside = seen.get(i);
                Rng rng = streams.get(i);
                Tensor noise = placement.device().move(rng.normal(Tensors.shape(beside))); // (1, C, H, W)
                Denoiser first = denoiser(network, beside, how, watched);
                NoiseLevel end = end();
                noisy.add(
                        Scope.inference(() -> how.sampler(scheduled.process()).sample(until(end, first), noise, rng)));
            }
        }
        try (Scope.Owned<UNet> owned = network(LAST, small.get(0).size(1), placement)) {
            UNet network = owned.value();
            for (int i = 0; i < small.size(); i++) {
                Tensor x = noisy.get(i);
                Denoiser last = denoiser(network, seen.get(i), how, watched);
                large.add(Scope.inference(() -> last.denoise(x, end()))); // (1, C, H, W)
            }
        }
        return large;
    }

    /** The level that the last step begins at. */
    private NoiseLevel end() {
        return scheduled.process().schedule().level(0);
    }

    private Denoiser denoiser(UNet network, Tensor beside, SamplingSettings how, Watched watched) {
        return scheduled
                .process()
                .denoiser(
                        (x, times) -> network.forward(Tensors.cat(1, watched.at(x), beside), times, Condition.NONE),
                        how.before());
    }

    /** What answers at the last level with what it is asked, which the last step leaves as it is. */
    private static Denoiser until(NoiseLevel end, Denoiser denoiser) {
        return new Denoiser() {
            @Override
            public Tensor denoise(Tensor noisy, NoiseLevel level) {
                return Scope.tidy(() -> predict(noisy, level).clean());
            }

            @Override
            public Prediction predict(Tensor noisy, NoiseLevel level) {
                return level.time() == end.time() ? new Prediction(noisy, null) : denoiser.predict(noisy, level);
            }
        };
    }

    private Scope.Owned<UNet> network(String part, long channels, Placement placement) throws IOException {
        Scope.Owned<UNet> owned = read(folder.parts().get(part), placement);
        try {
            UNet.Ports ports = owned.value().ports();
            if (ports.in() != 2 * channels || ports.out() != channels)
                throw new IOException(folder.path() + ": " + part + " must have " + 2 * channels
                        + " channels that come in and " + channels + " that go out: " + ports.in() + " and "
                        + ports.out());
            owned.value().eval();
            placement.device().move(owned.value());
            return owned;
        } catch (IOException | RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /** With its layers: a network that is closed alone would leave them to the garbage collector. */
    private static Scope.Owned<UNet> read(Path part, Placement placement) throws IOException {
        try {
            return Scope.own(() -> DiffusersUNet.read(part, placement.precision()));
        } catch (IOException e) {
            throw new IOException("cannot use " + part + ": " + Reason.of(e), e);
        }
    }
}
