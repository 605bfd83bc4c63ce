package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionedPicturesTest {
    @TempDir
    private Path folder;

    private void picture(int number, String caption) throws IOException {
        PngFile.write(
                folder.resolve(number + ".png"), Rooms.test(32).read(number).image(), Map.of());
        if (caption != null) Files.writeString(folder.resolve(number + ".txt"), caption);
    }

    @Test
    void picturesWithoutACaptionAreLeftOut() throws IOException {
        picture(1, "one");
        picture(2, null);
        picture(3, " \n");
        picture(4, "four");
        try (ImageDataset data = CaptionedPictures.of(DataSets.open(folder.toString(), 32, 3))) {
            assertThat(data.size()).isEqualTo(2);
            assertThat(data.caption(1)).isEqualTo("four");
            assertThat(data.read(1).caption()).isEqualTo("four");
            assertThat(data.sampleName(1)).endsWith("4.png");
            assertThat(CaptionedPictures.captions(data, 10)).containsExactly("one", "four");
        }
    }

    @Test
    void whereAllHaveACaptionTheDataSetIsItself() throws IOException {
        picture(1, "one");
        try (ImageDataset data = DataSets.open(folder.toString(), 32, 3)) {
            assertThat(CaptionedPictures.of(data)).isSameAs(data);
        }
        ImageDataset rooms = Rooms.train(32);
        assertThat(CaptionedPictures.of(rooms)).isSameAs(rooms);
        assertThat(rooms.caption(5)).isEqualTo(rooms.read(5).caption());
    }

    @Test
    void thatThereAreCaptionsIsKnownByTheFirst() throws IOException {
        List<Long> asked = new ArrayList<>();
        ImageDataset third = new ImageDataset() {
            @Override
            public String name() {
                return "third";
            }

            @Override
            public long size() {
                return 1000;
            }

            @Override
            public Sample read(long index) {
                throw new UnsupportedOperationException("captions alone");
            }

            @Override
            public String caption(long index) {
                asked.add(index);
                return index < 2 ? "" : "a bed";
            }
        };
        CaptionedPictures.require(third);
        assertThat(asked).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aDataSetWithoutCaptionsIsRefused() throws IOException {
        picture(1, null);
        try (ImageDataset data = DataSets.open(folder.toString(), 32, 3)) {
            assertThatIOException()
                    .isThrownBy(() -> CaptionedPictures.of(data))
                    .withMessage(folder
                            + " has no captions: this is learned from pictures with a .txt file beside each, or with"
                            + " a captions.jsonl");
            assertThatIOException()
                    .isThrownBy(() -> CaptionedPictures.require(data))
                    .withMessageContaining("has no captions");
            assertThatIOException()
                    .isThrownBy(() -> CaptionedPictures.requireSome(data))
                    .withMessageContaining("has no captions");
        }
    }
}
