package dev.calotype.studio.draw;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a picture was computed, read from what its file says. */
final class Placements {
    private static final Pattern SAID = Pattern.compile("on (\\S{1,20}) in (fp32|bf16)");

    private Placements() {}

    /** The same as then, as far as this machine has it; its own where nothing is said. */
    static Placement of(String computed) {
        Matcher said = SAID.matcher(computed);
        if (!said.matches()) return Placement.best();
        Precision precision = Precision.valueOf(said.group(2).toUpperCase(Locale.ROOT));
        try {
            return new Placement(Device.parse(said.group(1)).require(), precision);
        } catch (IllegalArgumentException e) {
            return new Placement(Device.best(), precision);
        }
    }
}
