package dev.calotype.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.collective.Companions;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that several processes draw; here each is a thread. */
class SharedModelTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);
    private static final Map<String, String> ASKED = Map.of("steps", "3");

    @TempDir
    private static Path folder;

    private static Path run, other;

    @BeforeAll
    static void models() throws IOException {
        String data = "data.source=" + Tiny.pictures(folder.resolve("pictures"));
        run = Training.start(Tiny.experiment(data, "training.steps=2"), folder, TrainingObserver.SILENT)
                .run()
                .root();
        other = Training.start(Tiny.experiment(data, "training.steps=1"), folder, TrainingObserver.SILENT)
                .run()
                .root();
    }

    private static DrawsImages open() throws IOException {
        return TrainedFile.open(run, List.of(), Capability.DRAWS_IMAGES, PLACEMENT);
    }

    private static double[] lead(DrawsImages model) {
        Request request = new Request(model.experiment().sampling(ASKED), 7, Request.ANY);
        Drawing drawing = model.drawing(request);
        return Scope.read(() -> Tensors.doubles(Tensors.cat(
                0,
                drawing.images(0, 5),
                drawing.images(5, 1),
                model.drawing(request).images(6, 2))));
    }

    private static double[] work(Ranks ranks, Optional<Path> elsewhere) {
        try {
            if (ranks.first()) {
                try (DrawsImages model = new SharedModel(open(), ranks, run, List.of(), ASKED)) {
                    return lead(model);
                } finally {
                    Order.give(ranks, Order.END, "");
                }
            }
            double drawn = 0;
            for (Order order = Order.take(ranks); !order.what().equals(Order.END); order = Order.take(ranks))
                drawn += SharedModel.follow(ranks, order.text(), Device.CPU, elsewhere);
            return new double[] {drawn};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theImagesAreThoseOfOneProcess(int world) throws IOException {
        double[] alone;
        try (DrawsImages model = open()) {
            alone = lead(model);
        }
        List<double[]> made = world == 1
                ? List.of(work(Ranks.ALONE, Optional.empty()))
                : Companions.of(world, ranks -> work(ranks, Optional.empty()));
        assertThat(made.get(0)).containsExactly(alone, within(1e-5));
        if (world == 3) assertThat(made.get(1)[0] + made.get(2)[0]).isEqualTo(7); // of eight
    }

    @Test
    void otherWeightsAreRefused() {
        assertThatThrownBy(() -> Companions.of(2, ranks -> work(ranks, Optional.of(other))))
                .satisfiesAnyOf(e -> assertThat(e).hasMessageContaining("has other weights than"), e -> assertThat(e)
                        .hasMessageContaining("lost another one"));
    }
}
