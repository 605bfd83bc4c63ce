package dev.calotype.checkpoint;

import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests each of which runs in a scope of its own. */
public abstract class InScope {
    private PointerScope scope;

    @BeforeEach
    final void open() {
        scope = new PointerScope();
    }

    @AfterEach
    final void close() {
        scope.close();
    }
}
