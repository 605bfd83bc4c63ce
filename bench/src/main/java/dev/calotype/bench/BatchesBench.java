package dev.calotype.bench;

import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Batches of 32 pictures of 64 x 64, with one decoding thread per core and a trainer that takes no time. */
public class BatchesBench extends EngineBench {
    /** What the pictures are made of. */
    public enum Source {
        /** JPEG files. */
        JPEG,
        /** The built-in data set, drawn on the fly. */
        ROOMS
    }

    /** What the pictures are made of. */
    @Param({"JPEG", "ROOMS"})
    public Source source;

    /** Of JPEG files, or empty for drawn ones. */
    @Param("")
    public String folder;

    private Path files;
    private ImageDataset dataset;
    private Batches batches;

    /** Writes the files and starts decoding. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        files = Files.createTempDirectory("calotype-bench");
        if (source == Source.JPEG) {
            List<byte[]> contents = JpegFiles.of(folder);
            for (int i = 0; i < contents.size(); i++) Files.write(files.resolve(i + ".jpg"), contents.get(i));
        }
        dataset = source == Source.JPEG ? DataSource.open(files.toString(), 3) : Rooms.train(64);
        Preparation preparation = new Preparation(64, 3, Preparation.Flip.RANDOM);
        batches = new Batches(dataset, preparation, Batches.Plan.of(32, 1));
    }

    /** The next batch. */
    @Benchmark
    public Batch next() {
        return batches.next();
    }

    /** Stops decoding and removes the files. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        batches.close();
        dataset.close();
        try (Stream<Path> all = Files.walk(files)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
