package dev.calotype.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStripsTest {
    private static final int BYTES = 3 * 8 * 2; // of a strip

    @TempDir
    private Path folder;

    private final List<String> read = new ArrayList<>();

    /** A strip of four frames whose pixels have one grey level, and which tells when it is read. */
    private PictureFootage.Content strip(String name, int level) throws IOException {
        byte[] pixels = new byte[BYTES];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) level;
        Path file = folder.resolve(name);
        PngFile.write(file, new Picture(8, 2, 3, pixels));
        return () -> {
            read.add(name);
            return Files.readAllBytes(file);
        };
    }

    @Test
    void framesOfAStripAreReadOnce() throws IOException {
        Footage strip = new PictureFootage.Strip(strip("a", 7), new KeptStrips(BYTES));
        assertThat(strip.timeline().count()).isEqualTo(4);
        assertThat(strip.frames(0, 3)).hasSize(2).allSatisfy(frame -> {
            assertThat(frame.width()).isEqualTo(2);
            assertThat(frame.at(1, 1, 2)).isEqualTo(7);
        });
        strip.frames(1);
        assertThat(read).containsExactly("a");
    }

    @Test
    void whatWasWantedLongestAgoGoes() throws IOException {
        KeptStrips kept = new KeptStrips(2 * BYTES);
        PictureFootage.Content a = strip("a", 1), b = strip("b", 2), c = strip("c", 3);
        kept.of(a);
        kept.of(b);
        kept.of(a);
        kept.of(c); // for which b goes
        assertThat(kept.of(a).at(0, 0, 0)).isEqualTo(1);
        assertThat(kept.of(c).at(0, 0, 0)).isEqualTo(3);
        assertThat(read).containsExactly("a", "b", "c");
        assertThat(kept.of(b).at(0, 0, 0)).isEqualTo(2); // for which a goes
        kept.of(c);
        kept.of(a);
        assertThat(read).containsExactly("a", "b", "c", "b", "a");
    }

    @Test
    void whatIsLargerThanTheBoundIsNotKeptAndTakesNobodysPlace() throws IOException {
        KeptStrips kept = new KeptStrips(BYTES - 1);
        PictureFootage.Content a = strip("a", 1);
        kept.of(a);
        kept.of(a);
        assertThat(read).containsExactly("a", "a");
    }

    @Test
    void whatCannotBeReadIsAskedForAgain() throws IOException {
        KeptStrips kept = new KeptStrips(BYTES);
        PictureFootage.Content broken = () -> {
            read.add("broken");
            throw new IOException("gone");
        };
        for (int i = 0; i < 2; i++) assertThatThrownBy(() -> kept.of(broken)).hasMessage("gone");
        assertThat(read).hasSize(2);
    }
}
