package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ChildJvm;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a process may use fewer processors than the machine has, the engine takes no more threads: they would wait for each other. */
class OwnProcessorsTest {
    @TempDir
    private Path folder;

    /** Prints how many threads the engine takes by itself. */
    static final class Told {
        public static void main(String[] arguments) {
            Engine.load(0);
            System.out.println("threads " + torch.get_num_threads());
        }
    }

    @Test
    void theEngineTakesAsManyThreadsAsTheProcessHasProcessors() throws Exception {
        assertThat(new ChildJvm(Told.class, folder.resolve("errors"))
                        .with("-XX:ActiveProcessorCount=1")
                        .run(1))
                .containsExactly("threads 1");
    }
}
