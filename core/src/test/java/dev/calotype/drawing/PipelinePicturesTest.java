package dev.calotype.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.drawing.PipelinePictures.Wanted;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are rehearsed are drawn a few at a time, and a folder of them is whole or not there. */
class PipelinePicturesTest {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    Path runs;

    /** Draws black pictures, and writes down what it was asked. */
    private static final class Black implements TextPipeline {
        private final List<String> asked = new ArrayList<>(), texts = new ArrayList<>();
        private final int most;

        Black(int most) {
            this.most = most;
        }

        @Override
        public String type() {
            return "Black";
        }

        @Override
        public List<String> notes() {
            return List.of();
        }

        @Override
        public int[] size() {
            return new int[] {8, 8};
        }

        @Override
        public int[] size(Picture given) {
            return size();
        }

        @Override
        public void requireSize(int width, int height) {}

        @Override
        public void require(Wishes wishes) {}

        @Override
        public String sampling(Map<String, String> wanted) {
            return "";
        }

        @Override
        public List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException {
            asked.add(wanted.get(0).wishes().seed() + ":" + wanted.size());
            texts.add(wanted.get(0).wishes().prompt().text());
            if (asked.size() > most) throw new IOException("no more");
            Painted black = new Painted(new Picture(8, 8, 3, new byte[192]), List.of());
            return Collections.nCopies(wanted.size(), black);
        }
    }

    @Test
    void theyAreDrawnInPartsEachWithASeedOfItsOwn() throws IOException {
        Black model = new Black(9);
        Path folder = PipelinePictures.draw(model, new Wanted("a", "a gem", 8, 36), runs, EXACT, Progress.SILENT);
        assertThat(model.asked).containsExactly("0:16", "1:16", "2:4");
        assertThat(folder.resolve("00035.png")).exists();
        assertThat(folder.resolve("00035.txt")).hasContent("a gem");
        assertThat(folder.resolve("00036.png")).doesNotExist();
    }

    @Test
    void bracketsAreLettersWhereTheyAreDrawnAsWhereTheyAreLearned() throws IOException {
        Black model = new Black(1);
        Path folder = PipelinePictures.draw(model, new Wanted("a", "a (gem)", 8, 1), runs, EXACT, Progress.SILENT);
        assertThat(model.texts).containsExactly("a \\(gem\\)");
        assertThat(folder.resolve("00000.txt")).hasContent("a (gem)");
    }

    @Test
    void nothingIsLeftOfPicturesThatCouldNotAllBeDrawn() {
        assertThatThrownBy(() -> PipelinePictures.draw(
                        new Black(1), new Wanted("a", "a gem", 8, 36), runs, EXACT, Progress.SILENT))
                .hasMessage("no more");
        assertThat(runs).isEmptyDirectory();
    }
}
