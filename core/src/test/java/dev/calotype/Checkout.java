package dev.calotype;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's own files, wherever the tests run. */
public final class Checkout {
    private Checkout() {}

    /** The project's root. */
    public static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("mvnw"))) root = root.getParent();
        return root;
    }
}
