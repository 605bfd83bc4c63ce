package dev.calotype.studio.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.TinyRuns;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.OpenModels;
import dev.calotype.studio.web.Limits;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk is drawn piece by piece, and ends as soon as nobody wants it. */
class InterpolateTypeTest {
    private static final int FRAMES = 18, STEPS = 4;

    @TempDir
    private static Path folder;

    private static OpenModels open;
    private static InterpolateType type;

    private final List<Long> progress = new ArrayList<>();
    private final List<Integer> results = new ArrayList<>();

    @BeforeAll
    static void trained() throws IOException {
        Path runs = Files.createDirectories(folder.resolve("runs"));
        TinyRuns.labelled(runs, "tiny");
        AllowedFolders folders = new AllowedFolders(List.of(runs));
        open = new OpenModels(0);
        type = new InterpolateType(new Workshop(
                folder,
                folders,
                new ModelCatalog(folders, folder.resolve("list")),
                open,
                null,
                null,
                Limits.USUAL,
                Optional.empty(),
                null,
                new Workshop.Versions("test", "test")));
    }

    @AfterAll
    static void closed() {
        open.close();
    }

    private static ObjectNode request() {
        ObjectNode request =
                JsonNodeFactory.instance.objectNode().put("model", "tiny-001").put("frames", FRAMES);
        request.putObject("from").put("seed", 1);
        request.putObject("to").put("seed", 2);
        return request.put("steps", STEPS).put("class", "dark");
    }

    /** A run that is cancelled once it was told of so many steps. */
    private JobRun run(int most) {
        return (JobRun) Proxy.newProxyInstance(
                JobRun.class.getClassLoader(), new Class<?>[] {JobRun.class}, (self, method, given) -> {
                    switch (method.getName()) {
                        case "progress" -> {
                            assertThat(given[1]).isEqualTo((long) FRAMES * STEPS);
                            progress.add((long) given[0]);
                        }
                        case "result" ->
                            results.add(((ObjectNode) given[2]).path("index").asInt());
                        default -> {
                            if (progress.size() >= most) throw new CancellationException("cancelled");
                        }
                    }
                    return null;
                });
    }

    @Test
    void aWalkThatIsCancelledEndsAtTheNextStep() throws IOException {
        Work walk = type.check(request());
        assertThatThrownBy(() -> walk.run(run(2))).isInstanceOf(CancellationException.class);
        assertThat(progress).hasSize(2);
        assertThat(results).isEmpty();
    }

    @Test
    void aLongWalkIsDrawnInPiecesAndTellsHowFarItIs() throws Exception {
        type.check(request()).run(run(Integer.MAX_VALUE));
        assertThat(results).hasSize(FRAMES).isSorted().doesNotHaveDuplicates();
        assertThat(progress).hasSizeGreaterThan(STEPS).isSorted().endsWith((long) FRAMES * STEPS);
    }

    @Test
    void whatAWalkDoesNotHaveIsRefused() {
        for (String name : List.of("seed", "first", "count", "preview", "previews"))
            assertThatThrownBy(() -> type.check(request().put(name, 1)))
                    .hasMessage(name + " must be left out between two pictures, which from, to and frames say: 1");
    }
}
