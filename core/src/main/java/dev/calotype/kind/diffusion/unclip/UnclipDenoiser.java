package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.latent.DiffusersUnclipUNet;
import dev.calotype.diffusion.Variance;
import dev.calotype.kind.diffusion.pipeline.Drawing;
import dev.calotype.kind.diffusion.pipeline.Scheduled;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.model.unclip.UnclipUNet;
import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.model.unclip.UnclipUNetConfig;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The U-Net of a pipeline with a prior, opened without its weights, and how it is drawn with.
 *
 * @param part what it is called
 */
record UnclipDenoiser(UnclipFolder folder, String part, UnclipUNetConfig config, Scheduled scheduled) {
    /**
     * Reads its settings and those of its scheduler.
     *
     * @param guidance where nobody says otherwise
     * @param steps where nobody says otherwise
     * @throws IOException if they are not honoured, or do not fit together
     */
    static UnclipDenoiser open(UnclipFolder folder, String part, String scheduler, double guidance, int steps)
            throws IOException {
        UnclipUNetConfig config = DiffusersUnclipUNet.config(folder.network(part));
        Scheduled scheduled = Scheduled.of(folder.scheduler(scheduler), guidance);
        boolean learned = scheduled.process().variance() == Variance.LEARNED_RANGE;
        if (learned && config.out() != 2 * config.in())
            throw new IOException(folder.path() + ": variance_type must not be learned_range with a denoiser of "
                    + config.out() + " channels for " + config.in());
        int most = scheduled.process().schedule().steps();
        return new UnclipDenoiser(
                folder,
                part,
                config,
                new Scheduled(
                        scheduled.process(),
                        scheduled.sampling().with(Map.of("steps", "" + Math.min(steps, most)), most),
                        scheduled.least(),
                        scheduled.notes()));
    }

    /** The network in memory, owned by the caller. */
    Scope.Owned<UnclipUNet> read(Placement placement) throws IOException {
        Scope.Owned<UnclipUNet> network = DiffusersUnclipUNet.read(folder.network(part), placement.precision());
        placement.device().move(network.value());
        return network;
    }

    /**
     * The network with what it is told of a picture; a learned variance that nobody asks for is left out.
     *
     * @param unwanted what guidance leads away from; null where nothing guides
     */
    Drawing.Network network(UnclipUNet network, Told wanted, Told unwanted, Watched watched) {
        boolean learned = scheduled.process().variance() == Variance.LEARNED_RANGE;
        boolean guided = unwanted != null;
        boolean alike = guided && wanted.tokens().size(1) == unwanted.tokens().size(1);
        Told both = alike
                ? new Told(
                        Tensors.cat(0, wanted.added(), unwanted.added()),
                        Tensors.cat(0, wanted.tokens(), unwanted.tokens()))
                : null;
        return new Drawing.Network() {
            @Override
            public Tensor of(Tensor x, Tensor times) {
                Tensor out = predicted(watched.at(x), times); // (N, L or 2 L, h, w)
                return learned ? out : out.narrow(1, 0, config.in());
            }

            private Tensor predicted(Tensor x, Tensor times) {
                if (!guided) return network.forward(x, times, wanted);
                if (alike) return network.forward(x, times, both);
                Tensor[] halves = Tensors.chunk(x, 2, 0), told = Tensors.chunk(times, 2, 0);
                return Tensors.cat(
                        0,
                        network.forward(halves[0], told[0], wanted),
                        network.forward(halves[1], told[1], unwanted)); // (2, L or 2 L, h, w)
            }

            @Override
            public void predicted(Tensor clean) {
                watched.predicted(clean);
            }

            @Override
            public boolean guided() {
                return guided;
            }
        };
    }
}
