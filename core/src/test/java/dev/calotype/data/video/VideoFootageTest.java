package dev.calotype.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.image.Picture;
import dev.calotype.isolation.Isolation;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PyAV 18.1.0 and Pillow 13.0.0, which made the files too: bench/peers/golden_video.py. */
class VideoFootageTest {
    private static final Path FILES = Path.of("src/test/resources/video");
    private static final int EDGE = 4;

    @TempDir
    Path temp;

    private static JsonNode golden(String name) throws IOException {
        return new ObjectMapper()
                .readTree(FILES.resolve("golden.json").toFile())
                .get(name);
    }

    private static Footage footage(String name) {
        Path file = FILES.resolve(name);
        return name.endsWith(".webp")
                ? new PictureFootage.WebP(() -> Files.readAllBytes(file))
                : new VideoFootage(file);
    }

    private static List<Picture> all(Footage footage) throws IOException {
        return footage.frames(IntStream.range(0, footage.timeline().count()).toArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bt709.mp4",
                "bt601.mov",
                "untagged.mp4",
                "untagged-hd.mp4",
                "full.mp4",
                "high444.mp4",
                "ten-bits.mp4",
                "uneven.mp4",
                "long.mp4",
                "cut.mp4",
                "vp9.webm",
                "mpeg4.avi",
                "animation.gif",
                "animation.webp"
            })
    void coloursAndTimesAreThoseOfPyAv(String name) throws IOException {
        Footage footage = footage(name);
        JsonNode golden = golden(name);
        double[] starts = footage.timeline().starts();
        assertThat(starts).hasSize(golden.get("times").size());
        if (!name.equals("animation.gif"))
            for (int i = 0; i < starts.length; i++)
                assertThat(starts[i]).isCloseTo(golden.get("times").get(i).asDouble(), within(1e-4));
        List<Picture> frames = all(footage);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(frames.get(i).width())
                    .isEqualTo(golden.get("size").get(0).asInt());
            double[] means = quarters(frames.get(i));
            for (int k = 0; k < means.length; k++)
                assertThat(means[k])
                        .as("frame %d, quarter %d, channel %d", i, k / 3, k % 3)
                        .isCloseTo(
                                golden.get("means").get(i).get(k / 3).get(k % 3).asDouble(), within(4.5));
            if (name.startsWith("animation")) continue;
            double[] drawn = {208, 48, 32, 32, 191, 64, 48, 64, 200, grey(golden, i), grey(golden, i), grey(golden, i)};
            assertThat(means).as("as drawn").containsExactly(drawn, within(3.5));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bt601.mov",
                "ten-bits.mp4",
                "uneven.mp4",
                "long.mp4",
                "cut.mp4",
                "vp9.webm",
                "mpeg4.avi",
                "animation.gif"
            })
    void aProcessOfItsOwnGivesTheFramesOfThisOne(String name) throws IOException {
        CountedFrames all = new CountedFrames(FILES.resolve(name).toString());
        VideoIndex here = all.work(), there = Isolation.shared().done(all);
        assertThat(there.ticks()).isEqualTo(here.ticks());
        assertThat(there.timeline().starts()).isEqualTo(here.timeline().starts());
        assertThat(there.timeline().end()).isEqualTo(here.timeline().end());
        assertThat(there.timeline().keys()).isEqualTo(here.timeline().keys());
        int last = here.timeline().count() - 1, key = here.keyBefore(last);
        int[] indices = {0, 1, 1, last}, keys = {0, 0, 0, key};
        long[] ticks = {here.ticks()[0], here.ticks()[0], here.ticks()[0], here.ticks()[key]};
        WantedFrames some = new WantedFrames(all.file(), indices, keys, ticks, last + 1);
        assertThat(Isolation.shared().done(some)).isEqualTo(some.work());
    }

    @Test
    void aProcessThatTellsOfTooMuchIsNotBelieved() {
        CountedFrames all = new CountedFrames("a.mp4");
        for (int count : new int[] {0, -1, Integer.MAX_VALUE})
            assertThatThrownBy(() -> all.told(said(count))).hasMessage("a process tells of " + count + " frames");
        WantedFrames one = new WantedFrames("a.mp4", new int[1], new int[1], new long[1], 1);
        assertThatThrownBy(() -> one.told(said(20_000, 20_000))).hasMessageContaining("pixels are over the limit");
    }

    private static DataInputStream said(int... numbers) {
        ByteBuffer said = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) said.putInt(number);
        return new DataInputStream(new ByteArrayInputStream(said.array()));
    }

    /** The grey that the frame was drawn with, which tells its number. */
    private static double grey(JsonNode golden, int frame) {
        return 10 * Math.round(golden.get("means").get(frame).get(3).get(0).asDouble() / 10);
    }

    /** The means of the four quarters without their edges, three channels each. */
    private static double[] quarters(Picture picture) {
        int w = picture.width() / 2, h = picture.height() / 2;
        double[] means = new double[12];
        for (int quarter = 0; quarter < 4; quarter++) {
            int left = quarter % 2 * w, top = quarter / 2 * h, n = (w - 2 * EDGE) * (h - 2 * EDGE);
            for (int y = top + EDGE; y < top + h - EDGE; y++)
                for (int x = left + EDGE; x < left + w - EDGE; x++)
                    for (int c = 0; c < 3; c++)
                        means[3 * quarter + c] +=
                                (picture.pixels()[3 * (y * picture.width() + x) + c] & 0xFF) / (double) n;
        }
        return means;
    }

    @Test
    void framesAreCountedByDecodingNotByTheHeader() throws IOException {
        assertThat(golden("cut.mp4").get("header").asInt()).isEqualTo(11);
        assertThat(footage("cut.mp4").timeline().count()).isEqualTo(9);
        assertThat(footage("vp9.webm").timeline().count()).isEqualTo(8);
    }

    @Test
    void framesFromTheMiddleAreThoseOfTheWhole() throws IOException {
        for (String name :
                new String[] {"long.mp4", "uneven.mp4", "mpeg4.avi", "vp9.webm", "animation.gif", "animation.webp"}) {
            Footage footage = footage(name);
            List<Picture> whole = all(footage);
            int last = whole.size() - 1;
            for (int[] wanted : new int[][] {{last}, {0, last}, {1, 1, last}, {last - 1, last, last}})
                assertThat(footage.frames(wanted))
                        .as("%s %s", name, Arrays.toString(wanted))
                        .isEqualTo(Arrays.stream(wanted).mapToObj(whole::get).toList());
        }
    }

    @Test
    void aLongVideoIsReadFromItsKeyFrames() throws IOException {
        Footage footage = footage("long.mp4");
        List<Picture> whole = all(footage);
        for (int i = 0; i < whole.size(); i++)
            assertThat(footage.frames(i)).as("frame %d", i).containsExactly(whole.get(i));
        assertThat(footage.timeline().keys().cardinality()).isGreaterThan(2);
    }

    @Test
    void aVideoIsTurnedAsItsHeaderSays() throws IOException {
        List<Picture> upright = all(footage("bt709.mp4")), turned = all(footage("rotated.mp4"));
        assertThat(turned.get(3).width()).isEqualTo(48);
        for (int y = 0; y < 48; y += 5)
            for (int x = 0; x < 64; x += 5)
                for (int c = 0; c < 3; c++)
                    assertThat(turned.get(3).pixels()[3 * (x * 48 + 47 - y) + c])
                            .isEqualTo(upright.get(3).pixels()[3 * (y * 64 + x) + c]);
    }

    @Test
    void delaysOfGifAreThoseOfBrowsers() throws IOException {
        assertThat(footage("animation.gif").timeline().starts())
                .containsExactly(new double[] {0, 0.1, 0.2, 0.22, 0.27}, within(1e-9));
        assertThat(footage("animation.gif").timeline().end()).isCloseTo(0.47, within(1e-9));
        assertThat(footage("animation.webp").timeline().end()).isCloseTo(0.28, within(1e-9));
    }

    @Test
    void whatCannotBeReadSaysWhy() throws IOException {
        byte[] whole = Files.readAllBytes(FILES.resolve("bt709.mp4"));
        byte[] noise = Arrays.copyOf(whole, whole.length);
        for (int i = 800; i < 1100; i += 7) noise[i] ^= 0x55;
        assertThatThrownBy(() -> written("short.mp4", Arrays.copyOf(whole, 900)).timeline())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("it is no video that is read");
        assertThatThrownBy(() -> written("noise.mp4", noise).timeline())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("it is damaged");
        assertThatThrownBy(() -> written("empty.mp4", new byte[0]).timeline()).isInstanceOf(IOException.class);
    }

    @Test
    void aListOfAddressesIsNeverFollowed() {
        for (String list : new String[] {"#EXTM3U\n#EXTINF:1,\nbt709.mp4\n", "ffconcat version 1.0\nfile bt709.mp4\n"})
            assertThatThrownBy(() -> written("list.mp4", list.getBytes(StandardCharsets.UTF_8))
                            .timeline())
                    .hasMessageStartingWith("it is no video that is read");
    }

    private Footage written(String name, byte[] content) throws IOException {
        return new VideoFootage(Files.write(temp.resolve(name), content));
    }
}
