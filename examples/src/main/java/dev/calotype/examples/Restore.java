package dev.calotype.examples;

import dev.calotype.io.OutputFile;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restoration.RestorationStatus;
import dev.calotype.restore.Budget;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Takes the noise out of a picture, without a trained model. */
public final class Restore {
    private static final double ESTIMATED = Double.NaN;

    private Restore() {}

    /** Arguments: a noisy picture, the file for the clean one, and a method of {@code docs/restoration.md} such as tv. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        System.out.println(restore(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2]));
    }

    static PictureRestoration.Done restore(Path noisy, Path clean, String method) throws IOException {
        var request = new PictureRestoration.Request(
                noisy,
                new Damaged.Noisy(),
                Methods.named(method, List.of()),
                Equipment.Sources.NONE,
                ESTIMATED,
                Budget.UNLIMITED,
                0);
        var output = new PictureRestoration.Output(clean, OutputFile.Existing.REPLACE, null, 0);
        return PictureRestoration.run(request, output, new Printing());
    }

    /** Is called by the thread that restores. */
    private static final class Printing implements PictureRestoration.Listener {
        @Override
        public void planned(String sentence) {
            System.out.println(sentence);
        }

        @Override
        public void step(RestorationStatus status) {}

        @Override
        public boolean stopRequested() {
            return Thread.currentThread().isInterrupted(); // then the best so far is written
        }
    }
}
