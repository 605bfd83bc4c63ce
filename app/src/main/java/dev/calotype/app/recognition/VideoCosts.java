package dev.calotype.app.recognition;

import dev.calotype.model.vivit.VivitConfig;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.model.vivit.VivitCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of ViViT's paper: parameters and FLOPs of B/16x2 for clips of 32 frames at 224 px and 400 classes. */
final class VideoCosts {
    /** What stands for all of them. */
    static final String TABLE = "vivit";

    private static final Ports KINETICS = new Ports(32, 224, 3, 400);

    private VideoCosts() {}

    /**
     * One model.
     *
     * @param flops as the paper counts them, see {@link VivitCost#flops}
     */
    record Counted(String network, long parameters, long multiplyAdds, double flops) {
        static Counted of(String name, VivitConfig config) {
            VivitCost cost = VivitCost.of(config, KINETICS);
            return new Counted(name, cost.network().parameters(), cost.network().multiplyAdds(), cost.flops());
        }
    }

    /** All of them, a line each. */
    record Answer(List<Counted> networks) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT, "%-48s %12s %18s %8s%n", "network", "parameters", "multiply-adds", "GFLOPs"));
            for (Counted each : networks)
                text.append(String.format(
                        Locale.ROOT,
                        "%-48s %,12d %,18d %8.1f%n",
                        each.network,
                        each.parameters,
                        each.multiplyAdds,
                        each.flops / 1e9));
            return text.append("of one clip of 32 frames at 224 px; GFLOPs are the paper's: multiply-adds, and half of"
                            + " the additions, multiplications and divisions outside of products of matrices")
                    .toString();
        }
    }

    static Answer table() {
        List<Counted> all = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            String name = variant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            VivitConfig config = VivitConfig.base(variant);
            all.add(Counted.of("vivit-b16x2, model " + (variant.ordinal() + 1) + ", " + name, config));
            if (variant == Variant.FACTORISED_ENCODER)
                all.add(Counted.of("vivit-b16x2, mean of frames", config.withTemporalDepth(0)));
        }
        return new Answer(all);
    }
}
