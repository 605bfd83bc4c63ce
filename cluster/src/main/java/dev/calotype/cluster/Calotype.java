package dev.calotype.cluster;

import dev.calotype.io.HeapFullException;
import dev.calotype.io.OutputFile;
import dev.calotype.io.Reason;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restoration.RestorationStatus;
import dev.calotype.restore.Budget;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Transformations of tables that hold pictures. */
public final class Calotype {
    /** The column of what a picture became (PNG); null where it could not be. */
    public static final String RESTORED = "restored";
    /** The column of why it could not, in one sentence; null where it could. */
    public static final String FAILURE = "failure";

    private Calotype() {}

    /**
     * Restores the pictures of a column: the table with two columns more, {@value #RESTORED} and {@value #FAILURE}. A picture that cannot be read does not
     * end the job.
     *
     * @param column of type binary: files of pictures as {@link dev.calotype.image.ImageFiles} reads them
     * @throws IllegalArgumentException if there is no such column, or there are columns of these names already
     */
    public static Dataset<Row> restore(Dataset<Row> pictures, String column, Restoring restoring) {
        StructType schema = pictures.schema();
        List<String> names = Arrays.asList(schema.fieldNames());
        Check.that(names.contains(column), "column must be one of " + names, column);
        int at = schema.fieldIndex(column);
        Check.that(
                schema.fields()[at].dataType().equals(DataTypes.BinaryType),
                "column " + column + " must be binary",
                schema.fields()[at].dataType().simpleString());
        for (String name : List.of(RESTORED, FAILURE))
            Check.that(!names.contains(name), "the table must have no column of this name", name);
        StructType wider = schema.add(RESTORED, DataTypes.BinaryType).add(FAILURE, DataTypes.StringType);
        MapPartitionsFunction<Row, Row> task = rows -> {
            Cores.loadEngine();
            return new Restored(rows, at, restoring);
        };
        return pictures.mapPartitions(task, Encoders.row(wider));
    }

    /** One row after the other, so that memory is that of one picture. */
    private record Restored(Iterator<Row> rows, int at, Restoring restoring) implements Iterator<Row> {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Row next() {
            Row row = rows.next();
            Object[] values = new Object[row.size() + 2];
            for (int i = 0; i < row.size(); i++) values[i] = row.get(i);
            try {
                if (row.isNullAt(at)) throw new IOException("there is no picture");
                values[row.size()] = picture(row.getAs(at));
            } catch (IOException e) {
                values[row.size() + 1] = Reason.of(e);
            }
            return RowFactory.create(values);
        }

        private byte[] picture(byte[] file) throws IOException {
            try (TemporaryFolder folder = TemporaryFolder.create("calotype-picture-")) {
                return picture(Files.write(folder.path().resolve("picture"), file), folder);
            }
        }

        private byte[] picture(Path in, TemporaryFolder folder) throws IOException {
            return unnamed(in, () -> {
                Path out = folder.path().resolve("restored.png");
                PictureRestoration.run(
                        new PictureRestoration.Request(
                                in,
                                restoring.damaged(),
                                Methods.named(restoring.method(), List.of()),
                                Equipment.Sources.NONE,
                                restoring.sigma(),
                                new Budget(restoring.seconds(), 0),
                                0),
                        new PictureRestoration.Output(out, OutputFile.Existing.REPLACE, null, 0),
                        new Interruptible());
                return Files.readAllBytes(out);
            });
        }
    }

    /**
     * What {@code work} makes of a picture.
     *
     * @throws IOException with what hindered it, also that the heap has no room for it, without the name of the file
     */
    static <T> T unnamed(Path picture, Callable<T> work) throws IOException {
        try {
            return work.call();
        } catch (IOException | IllegalArgumentException | HeapFullException e) {
            throw new IOException(Reason.of(e).replace(picture.toString(), "the picture"), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends with the best so far where the task is killed. */
    private static final class Interruptible implements PictureRestoration.Listener {
        @Override
        public void planned(String sentence) {}

        @Override
        public void step(RestorationStatus status) {}

        @Override
        public boolean stopRequested() {
            return TaskContext.get().isInterrupted();
        }
    }
}
