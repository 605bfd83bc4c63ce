package dev.calotype.model.dit;

import dev.calotype.nn.Allowance;
import dev.calotype.tensor.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A table of positions of which the middle is used. Its tensor is the network's own. */
final class PlaceTable {
    private final int places, patch, width;
    private final Tensor table; // (1, places places, D)

    PlaceTable(Module owner, int places, int patch, int width) {
        this.places = places;
        this.patch = patch;
        this.width = width;
        Allowance.take((long) places * places, width);
        table = Device.CPU.zeros(1, (long) places * places, width);
        owner.register_parameter("pos_embed", table);
    }

    /** The middle of the table, (1, rows columns, D). */
    Tensor middle(int rows, int columns) {
        if (rows > places || columns > places)
            throw new IllegalArgumentException("latents must have sides of at most " + places * patch + ": "
                    + rows * patch + " x " + columns * patch);
        return table.reshape(1, places, places, width)
                .narrow(1, (places - rows) / 2, rows)
                .narrow(2, (places - columns) / 2, columns)
                .reshape(1, (long) rows * columns, width); // (1, L, D)
    }
}
