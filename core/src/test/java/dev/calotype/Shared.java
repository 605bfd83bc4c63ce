package dev.calotype;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The developers' folder of real data beside the checkout; tests that want it are skipped where it is absent. */
public final class Shared {
    private Shared() {}

    /** The file or folder {@code ../shared/<name>} from the project's root; skips the running test if there is none. */
    public static Path path(String name) {
        Path path = Checkout.root().resolveSibling("shared").resolve(name);
        Assumptions.assumeTrue(Files.exists(path), path + " is not there: skipped");
        return path;
    }
}
