package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Tiny;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderReportTest {
    /** Takes all pictures for bright ones. */
    private static final Encoder BRIGHT = new EncoderOfTwo() {
        @Override
        public Tensor pictures(List<Picture> pictures) {
            return Tensors.of(new float[] {1, 0}, 1, 2).expand(pictures.size(), -1);
        }

        @Override
        public Tensor texts(List<String> texts) {
            float[] values = new float[2 * texts.size()];
            for (int i = 0; i < texts.size(); i++) values[2 * i + (texts.get(i).contains("bright") ? 0 : 1)] = 1;
            return Tensors.of(values, texts.size(), 2);
        }

        @Override
        public String hash() {
            return "bright";
        }
    };

    @TempDir
    private Path folder;

    @Test
    void ofAFolderThatIsSortedByClassAllClassesAreLookedAt() throws IOException {
        ImageDataset data = DataSets.open(Tiny.pictures(folder).toString(), 16, 3);
        assertThat(EncoderReport.of(BRIGHT, data, 5, Progress.SILENT).classes()).isEqualTo(0.6);
    }
}
