package dev.calotype.bench;

import dev.calotype.data.video.ClipSettings;
import dev.calotype.data.video.Video;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.PictureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What FFmpeg takes for a picture, or for a clip of 16 frames from the middle of a video, in a process of its own and in this one. */
public class IsolationBench extends EngineBench {
    private static final ClipSettings CLIP = new ClipSettings(16, 8, ClipSettings.Sampling.EVEN);

    /** AVIF, HEIC or a video. */
    @Param("")
    public String file;

    /** Where FFmpeg runs. */
    @Param({"own", "this"})
    public String process;

    private byte[] bytes;
    private Video video;

    /** Reads the file. */
    @Setup(Level.Trial)
    public void read() throws IOException {
        if (process.equals("this")) System.setProperty("java.class.path", ""); // without which none is started
        bytes = Files.readAllBytes(Path.of(file));
        boolean still = PictureKind.ofContent(bytes).isPresent();
        video = still ? null : Video.of(Path.of(file));
    }

    /** From bytes, or from a file, to RGB. */
    @Benchmark
    public Object decode() throws IOException {
        return video == null ? ImageFiles.decode(bytes, 3) : video.view(CLIP, 0, 1);
    }
}
