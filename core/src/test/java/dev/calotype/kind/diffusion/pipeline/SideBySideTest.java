package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.InScope;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Painted;
import dev.calotype.experiment.offer.TextPipeline.Wanted;
import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.HoleMask;
import dev.calotype.image.Picture;
import dev.calotype.image.Pictures;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of several requests that are drawn at once are those that are drawn alone, to the bit, and are seen meanwhile. */
class SideBySideTest extends InScope {
    private static final Placement HALF = new Placement(Device.CPU, Precision.BF16);
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final Map<String, String> HOW = Map.of("steps", "3", "sampler", "ddim", "eta", "1");

    @TempDir
    static Path made;

    private static TextPipeline open(String name) throws IOException {
        Path folder = made.resolve(name);
        if (Files.exists(folder)) return TextToImage.open(folder);
        if (name.startsWith("hole")) MadePipeline.writeGuided(name, folder);
        else MadePipeline.write(name, folder);
        return TextToImage.open(folder);
    }

    private static Wishes wishes(String text, Optional<String> negative, long seed, Optional<GivenPicture> given) {
        return new Wishes(new Prompt(text, negative, 0), HOW, seed, 16, 8, given);
    }

    private static Optional<GivenPicture> given(int shade) {
        byte[] pixels = new byte[3 * 16 * 8], missing = new byte[16 * 8];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (shade + i);
        for (int i = 0; i < missing.length; i++) missing[i] = (byte) (i % 16 < shade % 16 ? 255 : 0);
        HoleMask hole = HoleMask.found(new Picture(16, 8, 1, missing));
        return Optional.of(new GivenPicture(new Picture(16, 8, 3, pixels), Optional.of(hole), 1));
    }

    private static List<Wanted> several(boolean holes) {
        List<Wanted> wanted = new ArrayList<>();
        wanted.addAll(Wanted.first(wishes("a bed", Optional.empty(), 7, holes ? given(5) : Optional.empty()), 2));
        Wishes others = wishes("a red bed", Optional.of("a rug"), 8, holes ? given(9) : Optional.empty());
        wanted.add(new Wanted(others, 3));
        Wishes longer = wishes("a bed ".repeat(9), Optional.empty(), 9, holes ? given(12) : Optional.empty());
        wanted.add(new Wanted(longer, 0));
        wanted.add(new Wanted(others, 0));
        return wanted;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1", "sd2_v", "xl", "hole", "hole_told_1.0"})
    void eachIsTheOneThatIsDrawnAlone(String name) throws IOException {
        boolean holes = name.startsWith("hole");
        TextPipeline model = open(name.equals("hole") ? "sd1" : name);
        List<Wanted> wanted = several(holes);
        for (Placement placement : List.of(HALF, EXACT)) {
            List<Painted> together = model.draw(wanted, placement, Watcher.of(Progress.SILENT));
            assertThat(together).hasSize(5).doesNotHaveDuplicates();
            for (int i = 0; i < 5; i++)
                assertThat(model.draw(List.of(wanted.get(i)), placement, Watcher.of(Progress.SILENT)))
                        .as("picture " + i + " on " + placement)
                        .containsExactly(together.get(i));
        }
    }

    /** Remembers what it was shown. */
    private static final class Seen implements Watcher {
        private final List<String> steps = new ArrayList<>();
        private final List<Picture> last = new ArrayList<>();

        @Override
        public void step(int first, int count, int done, int of, Supplier<List<Picture>> predicted) {
            steps.add(first + ": " + done + " of " + of);
            if (done < of) return;
            last.addAll(predicted.get());
        }

        @Override
        public void at(String what, long done, long total) {}
    }

    @Test
    void whatIsSeenAtTheLastStepIsThePicture() throws IOException {
        TextPipeline model = open("sd1");
        Seen seen = new Seen();
        List<Painted> drawn = model.draw(several(false), HALF, seen);
        assertThat(seen.steps)
                .containsExactly(
                        "0: 1 of 3",
                        "0: 2 of 3",
                        "0: 3 of 3",
                        "3: 1 of 3",
                        "3: 2 of 3",
                        "3: 3 of 3",
                        "4: 1 of 3",
                        "4: 2 of 3",
                        "4: 3 of 3");
        assertThat(seen.last).hasSize(5);
        // several are decoded at once, which rounds otherwise
        for (int i = 0; i < 5; i++)
            assertThat(Pictures.largestDifference(seen.last.get(i), drawn.get(i).picture()))
                    .as("picture " + i)
                    .isLessThan(8);
    }

    @Test
    void asManyAreDrawnAtOnceAsTheirSizeLetsAndInFp32EachForItself() throws IOException {
        TextPipeline model = open("sd1");
        Wishes small = wishes("a bed", Optional.empty(), 7, Optional.empty());
        assertThat(model.together(small, HALF)).isEqualTo(16);
        assertThat(model.together(small, EXACT)).isEqualTo(1);
        Wishes large = new Wishes(small.prompt(), HOW, 7, 1024, 1024, Optional.empty());
        assertThat(model.together(large, HALF)).isEqualTo(1);
    }

    @Test
    void otherMannersAreRefused() throws IOException {
        TextPipeline model = open("sd1");
        Wishes small = wishes("a bed", Optional.empty(), 7, Optional.empty());
        Wishes other = new Wishes(small.prompt(), Map.of("steps", "2"), 7, 16, 8, Optional.empty());
        List<Wanted> both = List.of(new Wanted(small, 0), new Wanted(other, 0));
        assertThatThrownBy(() -> model.draw(both, HALF, Watcher.of(Progress.SILENT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pictures that are drawn at once must be drawn alike");
    }
}
