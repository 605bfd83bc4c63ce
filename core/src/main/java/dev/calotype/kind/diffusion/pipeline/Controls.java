package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersControlNet;
import dev.calotype.checkpoint.original.OriginalControlNet;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.Control.Manner;
import dev.calotype.model.latent.ControlNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.model.latent.Steering;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** What steers a drawing besides the text. Its networks are owned. */
final class Controls implements AutoCloseable {
    /** A network, and what it sees, (1, width, h, w). */
    private record Held(Control control, ControlNet network, Tensor sight) {}

    private final List<Scope.Owned<ControlNet>> owned = new ArrayList<>(); // also of what has not seen its picture yet
    private final List<Held> all = new ArrayList<>();
    private final int calls; // of the denoiser, for one picture

    private Controls(int calls) {
        this.calls = calls;
    }

    /** Nothing. */
    static Controls none() {
        return new Controls(1);
    }

    /**
     * Reads networks, and lets them see their pictures, in the caller's scope.
     *
     * @param calls of the denoiser, for one picture
     * @throws IOException if one cannot be read
     */
    static Controls read(List<Checked> wanted, Canvas canvas, int calls, Placement placement) throws IOException {
        Controls controls = new Controls(calls);
        try {
            for (Checked one : wanted) controls.add(one, canvas, placement);
            return controls;
        } catch (IOException | RuntimeException e) {
            controls.close();
            throw e;
        }
    }

    private void add(Checked wanted, Canvas canvas, Placement placement) throws IOException {
        Control control = wanted.control;
        Scope.Owned<ControlNet> read = wanted.network.read(placement.precision());
        owned.add(read);
        ControlNet network = placement.device().move(read.value());
        Tensor picture = canvas.stretched(control.picture(), network.hint().channels());
        all.add(new Held(control, network, network.sight(placement.device().move(picture))));
    }

    /** What is wanted, and the settings of its network. */
    record Checked(Control control, DiffusersControlNet network) {}

    /**
     * Looks at a network; no weights are read.
     *
     * @param factor by which latents are smaller than pictures
     * @throws IOException if it cannot be read, or is not of this denoiser
     */
    static Checked checked(Control control, LatentUNetConfig unet, int factor) throws IOException {
        StoredNetwork stored = Files.isDirectory(control.network())
                ? StoredNetwork.in(control.network())
                : OriginalControlNet.open(control.network());
        DiffusersControlNet network = DiffusersControlNet.of(stored);
        LatentUNetConfig own = network.config();
        if (own.tokens() != unet.tokens() || own.added().width() != unet.added().width())
            throw other(control, "texts whose tokens have " + own.tokens() + " values", "" + unet.tokens());
        if (!widths(own).equals(widths(unet)) || own.in() != unet.out())
            throw other(
                    control,
                    "widths " + widths(own) + " of latents with " + own.in() + " channels",
                    widths(unet) + " and " + unet.out());
        if (network.hint().factor() != factor)
            throw other(control, "latents " + network.hint().factor() + " times smaller than pictures", "" + factor);
        return new Checked(control, network);
    }

    static IOException other(Control control, String its, String wanted) {
        return new IOException(control.network() + " is a ControlNet of another family: it is for " + its
                + ", and the denoiser has " + wanted);
    }

    /** The width of every skip connection. */
    private static List<Integer> widths(LatentUNetConfig config) {
        return config.levels().stream()
                .flatMap((Level level) -> IntStream.range(0, level.blocks()).mapToObj(i -> level.width()))
                .toList();
    }

    /**
     * What is added to the maps of the denoiser.
     *
     * @param call how often the denoiser was called before
     * @param x noisy latents, (N, L, h, w)
     * @param guided whether the first half of them is told of what is wanted, and the second of what is not
     */
    List<Steering> steering(long call, Tensor x, Tensor times, Told told, boolean guided) {
        List<Steering> steering = new ArrayList<>();
        for (Held held : all) {
            Control control = held.control;
            if (!control.acts(call, calls)) continue;
            if (control.manner() == Manner.STEERS)
                steering.add(held.network.forward(x, times, told, held.sight, control.scale()));
            else steering.add(guessed(held, x, times, told, guided));
        }
        return steering;
    }

    /** As {@code guess_mode} of diffusers has it. */
    private static Steering guessed(Held held, Tensor x, Tensor times, Told told, boolean guided) {
        long count = guided ? x.size(0) / 2 : x.size(0);
        Steering fading = held.network
                .forward(
                        x.narrow(0, 0, count),
                        times.narrow(0, 0, count),
                        told.first(count),
                        held.sight,
                        held.control.scale())
                .fading();
        return guided ? fading.halved() : fading;
    }

    @Override
    public void close() {
        owned.forEach(Scope.Owned::close);
    }
}
