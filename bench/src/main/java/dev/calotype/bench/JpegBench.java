package dev.calotype.bench;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Decoding JPEG files and resizing them to 64 x 64, per picture, one thread. */
public class JpegBench extends EngineBench {
    /** Of JPEG files, or empty for drawn ones. */
    @Param("")
    public String folder;

    private final List<Picture> pictures = new ArrayList<>();
    private List<byte[]> files;
    private int next;

    /** Reads the files. */
    @Setup(Level.Trial)
    public void read() throws IOException {
        files = JpegFiles.of(folder);
        for (byte[] file : files) pictures.add(ImageFiles.decode(file, 3));
    }

    /** From bytes in memory to pixels. */
    @Benchmark
    public Picture decode() throws IOException {
        return ImageFiles.decode(files.get(turn()), 3);
    }

    /** From pixels to 64 x 64, bicubic. */
    @Benchmark
    public Picture resize() {
        return Resize.to(pictures.get(turn()), 64, 64, Resize.Filter.BICUBIC);
    }

    /** From bytes in memory to 64 x 64. */
    @Benchmark
    public Picture decodeAndResize() throws IOException {
        return Resize.to(ImageFiles.decode(files.get(turn()), 3), 64, 64, Resize.Filter.BICUBIC);
    }

    private int turn() {
        next = (next + 1) % files.size();
        return next;
    }
}
