package dev.calotype.studio;

import dev.calotype.experiment.Recipe;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.studio.job.Launcher;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process that trains as the command {@code train} does: asked to end, it saves. Asked to evaluate, it has judged already. */
public final class TrainingProcess {
    private TrainingProcess() {}

    /** Starts processes of this class. */
    static Launcher launcher() {
        return arguments -> {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrainingProcess.class.getName()));
            command.addAll(arguments);
            return new ProcessBuilder(command);
        };
    }

    /** As {@code evaluate A --neighbours PNG --json} ends, with a long line. */
    private static void evaluate(List<String> arguments) throws IOException {
        Path sheet = Path.of(arguments.get(arguments.indexOf("--neighbours") + 1));
        String rows =
                "[{\"picture\":\"image 0 of seed 1\",\"real\":[\"a/1.png\",\"a/2.png\",\"a/3.png\"],\"ratio\":0.9}]";
        PngFile.write(sheet, new Picture(38, 8, 3, new byte[3 * 38 * 8]), Map.of("neighbours", rows));
        System.err.println("50%  sampling 5/10  1 s left");
        System.out.println("{\"fid\":12.5,\"precision\":0.25,\"caveats\":[\"" + "Few. ".repeat(1000) + "\"]}");
    }

    /** {@code train RECIPE --out DIR [--set KEY=VALUE]...}, {@code train --resume RUN} or {@code evaluate A}. */
    public static void main(String[] given) throws Exception {
        List<String> arguments = List.of(given);
        if (arguments.get(0).equals("evaluate")) {
            evaluate(arguments);
            return;
        }
        List<String> overrides = new ArrayList<>();
        for (int i = 0; i < arguments.size() - 1; i++)
            if (arguments.get(i).equals("--set")) overrides.add(arguments.get(i + 1));
        Engine.load(1);
        CountDownLatch saved = new CountDownLatch(1);
        boolean[] asked = new boolean[1];
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            asked[0] = true;
            try {
                saved.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        TrainingObserver observer = new TrainingObserver() {
            @Override
            public boolean stopRequested() {
                return asked[0];
            }
        };
        if (arguments.get(1).equals("--resume"))
            Training.resume(RunDirectory.open(Path.of(arguments.get(2))), List.of(), observer);
        else
            Training.start(
                    Recipe.read(Path.of(arguments.get(1)), overrides),
                    Path.of(arguments.get(arguments.indexOf("--out") + 1)),
                    observer);
        saved.countDown();
    }
}
