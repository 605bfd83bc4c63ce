package dev.calotype.nn.transformer;

import dev.calotype.nn.Blank;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;

/** Linear layers that are matrices alone. */
final class Unbiased {
    private Unbiased() {}

    static LinearImpl linear(long in, long out) {
        LinearOptions options = new LinearOptions(in, out);
        options.bias().put(false);
        return Blank.linear(options);
    }
}
