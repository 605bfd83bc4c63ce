package dev.calotype.cluster;

import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Draws with a trained model as an ordinary job of Spark. Image i of a seed is the one that a single machine draws. */
public final class ClusterDrawing {
    private static final int TASK = 500; // images: some batches, little to do again
    private static final int MOST_SHARDS = 1_000_000;

    private ClusterDrawing() {}

    /**
     * One image.
     *
     * @param index its number, from 0
     * @param png its file, which says how it was made
     */
    public record Drawn(long index, byte[] png) implements Serializable {}

    /**
     * The images, drawn when they are asked for.
     *
     * @param run a folder, where Hadoop's file systems reach
     * @throws IOException if there is no run
     */
    public static JavaRDD<Drawn> images(JavaSparkContext spark, String run, Wanted wanted) throws IOException {
        OpenRun opened = new OpenRun(spark, run);
        return blocks(spark, wanted.count(), TASK).flatMap(block -> {
            List<Drawn> drawn = new ArrayList<>();
            opened.with(model -> draw(model, wanted, block, drawn::add));
            return drawn.iterator();
        });
    }

    static JavaRDD<Block> blocks(JavaSparkContext spark, long count, int size) {
        List<Block> blocks = Block.of(count, size);
        return spark.parallelize(blocks, blocks.size());
    }

    /**
     * Draws the images into shards as WebDataset reads them, {@code 000000.tar} with {@code 000000000.png} and so on. A shard is written whole
     * under its name; one that is there already is left as it is, so that a job that was broken off goes on.
     *
     * @param perShard images of a shard, 1 to 100,000
     * @param out an empty folder, or one that was begun with the same images
     * @return how many shards there are
     * @throws IOException if there is no run, or a shard cannot be written
     * @throws IllegalArgumentException if {@code out} was begun with other images, or other weights
     */
    public static int shards(JavaSparkContext spark, String run, Wanted wanted, int perShard, String out)
            throws IOException {
        Check.range("shard", perShard, 1, 100_000);
        Check.that(
                wanted.count() / perShard <= MOST_SHARDS,
                "shard must be larger for " + wanted.count() + " images, which make at most " + MOST_SHARDS + " shards",
                perShard);
        OpenRun opened = new OpenRun(spark, run);
        RunFiles target = new RunFiles(spark, out);
        target.begin(
                "drawn.txt",
                run + " " + wanted + " in shards of " + perShard + ", weights " + opened.fingerprint() + "\n");
        return Causes.told(() -> {
            blocks(spark, wanted.count(), perShard).foreach(block -> {
                if (target.has(name(block))) return;
                target.write(name(block), to -> opened.with(model -> tar(model, wanted, block, to)));
            });
            return Block.of(wanted.count(), perShard).size();
        });
    }

    private static String name(Block block) {
        return String.format(Locale.ROOT, "%06d.tar", block.number());
    }

    private static Block draw(DrawsImages model, Wanted wanted, Block block, Consumer<Drawn> taker) {
        Request request = wanted.request(model);
        Drawing drawing = model.drawing(request);
        Map<String, String> origin = model.origin(request);
        block.batches((first, count) -> {
            List<Picture> pictures = Scope.read(() -> Images.pictures(drawing.images(first, count)));
            for (int i = 0; i < pictures.size(); i++) {
                origin.put("index", String.valueOf(first + i));
                taker.accept(new Drawn(first + i, PngFile.encode(pictures.get(i), origin)));
            }
        });
        return block;
    }

    private static Block tar(DrawsImages model, Wanted wanted, Block block, OutputStream to) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(to, StandardCharsets.UTF_8.name());
        try {
            draw(model, wanted, block, image -> add(tar, image));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        tar.finish();
        return block;
    }

    private static void add(TarArchiveOutputStream tar, Drawn image) {
        TarArchiveEntry entry = new TarArchiveEntry(String.format(Locale.ROOT, "%09d.png", image.index()));
        entry.setSize(image.png().length);
        entry.setModTime(0); // equal images are equal shards
        try {
            tar.putArchiveEntry(entry);
            tar.write(image.png());
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
