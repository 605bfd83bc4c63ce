package dev.calotype.report;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.study.Study;
import dev.calotype.study.StudyDirectory;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.Trial;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Directories of runs, sweeps and studies that never were, with something of everything. */
final class Records {
    private static final String JUDGEMENT =
            """
            {"generated" : "x", "against" : "rooms", "size" : 32, "network" : "n", "hash" : "h", "images" : 64,
             "realImages" : 64, "fid" : %s, "kid" : 0.5, "kidLow" : 0.4, "kidHigh" : 0.6, "precision" : 0.7, "recall" : 0.2,
             "density" : 0.9, "neighbourCoverage" : 0.3, "coverage" : 0.9, "evenCoverage" : 0.8, "seconds" : 2,
             "shares" : {"bed" : {"a very long name of a value" : 0.9, "b" : 0.1}}, "caveats" : ["Only 64 pictures."]}
            """;
    private static final String STUDY =
            """
            {"experiment":"e","weights":"w","fromSeed":1,"toSeed":2,"sampling":"ddim","network":"n","hash":"h",
             "dimensions":784,"angle":89.5,"walks":[%s,%s]}
            """;
    private static final String WALK =
            """
            {"mode":"%s","length":2.5,"direct":1.5,"frames":[{"position":0,"norm":28,"contrast":9,"step":0},
             {"position":0.5,"norm":%s,"contrast":%s,"step":1},{"position":1,"norm":28,"contrast":9,"step":1.5}]}
            """;
    private static final String SWEEP =
            """
            name: two
            recipe: {training: {steps: 5, minutes: 0}}
            axes: {training.batch: [4, 8]}
            seeds: [0, 1]
            evaluate: {scores: [fid, precision], axes: {sampling.steps: [10, 20]}}
            """;

    private static final String RECIPES =
            """
            name: both
            recipes: {game: {kind: gan}, noise: {kind: diffusion}}
            set: {training.steps: 30, training.minutes: 0}
            seeds: [0, 1]
            evaluate: {scores: [fid, kid, precision]}
            """;
    private static final String NAMING =
            """
            {"data":"shapes:test","classifier":"c","hash":"h","imagesPerSecond":123.44,"classification":
             {"images":10,"top1":0.7,"top5":0.95,"loss":0.61,"ece":0.08,
              "bins":[{"images":4,"confidence":0.5,"accuracy":0.25},{"images":6,"confidence":0.9,"accuracy":0.8}],
              "classes":[{"name":"disc","images":5,"recall":0.6,"precision":0.75},
                         {"name":"ring","images":3,"recall":0.66,"precision":0.5},
                         {"name":"star","images":2,"recall":1.0,"precision":0.9}],
              "confusion":[[3,2,0],[1,2,0],[0,0,2]]}}
            """;

    private Records() {}

    /** A gan that collapsed at step 20. */
    static Path game(Path root) throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve("experiment.yaml"), "kind: gan\ntraining: {steps: 30, minutes: 0}\n");
        StringBuilder statistics = new StringBuilder(), milestones = new StringBuilder();
        for (int i = 10; i <= 30; i += 10) {
            statistics.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"seconds\":%d,\"loss\":1.%d,\"gradientNorm\":3,\"learningRate\":0.001,"
                            + "\"imagesPerSecond\":%d,\"waitShare\":0.01,\"memoryMb\":%d,\"game\":{\"generatorLoss\":2.%d,"
                            + "\"generatorNorm\":4.%d,\"accuracy\":0.7%d,\"diversity\":0.5%d}}%n",
                    i,
                    2 * i,
                    i / 10,
                    90 + i / 10,
                    900 - i,
                    i / 10,
                    i / 10,
                    i / 10,
                    i / 10));
            milestones.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"seconds\":%d,\"validation\":9,\"score\":{\"fid\":9.%d,\"kid\":1,\"images\":64,"
                            + "\"network\":\"n\",\"hash\":\"h\",\"diversity\":{\"featureDistance\":3.%d,"
                            + "\"realFeatureDistance\":8.%d,\"msSsim\":0.4%d,\"msSsimScales\":2}}}%n",
                    i,
                    2 * i,
                    i / 10,
                    i / 10,
                    i / 10,
                    i / 10));
        }
        Files.writeString(root.resolve("statistics.jsonl"), statistics);
        Files.writeString(root.resolve("milestones.jsonl"), milestones);
        Files.writeString(
                root.resolve("incidents.jsonl"),
                "{\"step\":20,\"seconds\":40,\"kind\":\"COLLAPSE\",\"message\":\"the generator collapses\"}\n");
        return root;
    }

    static Path run(Path root) throws IOException {
        Files.createDirectories(root.resolve("samples"));
        Files.writeString(root.resolve("experiment.yaml"), "kind: diffusion\ntraining: {steps: 1000, minutes: 0}\n");
        StringBuilder statistics = new StringBuilder(), milestones = new StringBuilder();
        for (int i = 1; i <= 900; i++)
            statistics.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"seconds\":%d,\"loss\":%s,\"gradientNorm\":%s,\"learningRate\":0.001,"
                            + "\"imagesPerSecond\":100,\"waitShare\":0.01,\"memoryMb\":900}%n",
                    i,
                    i,
                    1.0 / i,
                    i == 500 ? 99 : 1));
        for (int i = 1; i <= 3; i++) {
            milestones.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"seconds\":%d,\"validation\":%s,\"score\":{\"fid\":%d,\"kid\":1,\"images\":64,"
                            + "\"network\":\"n\",\"hash\":\"h\"}}%n",
                    300 * i,
                    300 * i,
                    1.0 / i,
                    90 / i));
            picture(root.resolve(String.format(Locale.ROOT, "samples/step-%08d.png", 300 * i)), 64, i);
        }
        Files.writeString(root.resolve("statistics.jsonl"), statistics);
        Files.writeString(root.resolve("milestones.jsonl"), milestones);
        Files.writeString(root.resolve("evaluation.json"), String.format(Locale.ROOT, JUDGEMENT, 12.5));
        Files.writeString(
                root.resolve("interpolation.json"),
                String.format(
                        Locale.ROOT,
                        STUDY,
                        String.format(Locale.ROOT, WALK, "LERP", 19.8, 6),
                        String.format(Locale.ROOT, WALK, "SLERP", 28, 9)));
        Files.writeString(root.resolve("log.txt"), "2026-01-01 10:00:00 WARN Batches: a picture is damaged\n");
        picture(root.resolve("samples/interpolation-study.png"), 320, 7);
        return root;
    }

    /** FIDs 10 and 12, then 9 and 9 with more steps, of the first cell; the second cell diverged with one seed. */
    static Path sweep(Path parent) throws IOException {
        Sweep sweep = Sweep.parse(SWEEP, parent, List.of());
        SweepDirectory directory = SweepDirectory.create(parent, sweep);
        for (int i = 0; i < 4; i++) {
            Trial trial = sweep.trials().get(i);
            Path root = directory.trial(trial);
            if (i == 3) {
                Files.createDirectories(root);
                Files.writeString(root.resolve("failed.json"), "{\"reason\":\"the loss diverges\"}");
                continue;
            }
            run(root);
            Files.writeString(
                    root.resolve("trained.json"),
                    "{\"step\":5,\"seconds\":7,\"imagesPerSecond\":3,\"memoryMb\":100,\"validation\":0.5,\"weights\":\"w\"}");
            Path judged = Files.createDirectories(root.resolve("judged"));
            for (int v = 0; v < 2; v++) {
                String id = trial.variants().get(v).id();
                double fid = v == 0 ? 10 + 2 * i : 9 + (i == 2 ? 1 : 0);
                Files.writeString(judged.resolve(id + ".json"), String.format(Locale.ROOT, JUDGEMENT, fid));
                picture(judged.resolve(id + ".png"), 64, i);
            }
        }
        return directory.root();
    }

    /** A game and a diffusion model that learned from the same rooms; the game is ahead with both seeds. */
    static Path recipes(Path parent) throws IOException {
        Sweep sweep = Sweep.parse(RECIPES, parent, List.of());
        SweepDirectory directory = SweepDirectory.create(parent, sweep);
        for (int i = 0; i < sweep.trials().size(); i++) {
            Trial trial = sweep.trials().get(i);
            Path root = directory.trial(trial);
            if (i < 2) game(root);
            else run(root);
            Files.writeString(
                    root.resolve("trained.json"),
                    "{\"step\":30,\"seconds\":6" + i + ",\"imagesPerSecond\":3,\"memoryMb\":10" + i
                            + ",\"validation\":0.5,\"weights\":\"w\"}");
            Path judged = Files.createDirectories(root.resolve("judged"));
            String id = trial.variants().get(0).id();
            Files.writeString(
                    judged.resolve(id + ".json"), String.format(Locale.ROOT, JUDGEMENT, 10 + 5 * (i / 2) + 0.1 * i));
            Files.writeString(judged.resolve(id + "-drawn.json"), "{\"secondsPerImage\":0.0" + (i + 1) + "}");
            picture(judged.resolve(id + ".png"), 64, i);
            picture(judged.resolve(id + "-between.png"), 64, i);
        }
        return directory.root();
    }

    /** Of three classes, tested on ten pictures. */
    static Path classifier(Path root) throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve("experiment.yaml"), "kind: classifier\ntraining: {steps: 30, minutes: 0}\n");
        Files.writeString(
                root.resolve("statistics.jsonl"),
                "{\"step\":30,\"seconds\":150,\"loss\":0.5,\"gradientNorm\":1,\"learningRate\":0.1,\"imagesPerSecond\":7,"
                        + "\"waitShare\":0.05,\"memoryMb\":70}\n");
        Files.writeString(
                root.resolve("milestones.jsonl"),
                "{\"step\":15,\"seconds\":75,\"validation\":0.25}\n{\"step\":30,\"seconds\":150,\"validation\":0.3}\n");
        Files.writeString(root.resolve("naming.json"), NAMING);
        return root;
    }

    private static final String RESTORATIONS =
            """
            name: ways <to> restore
            pictures: {files: [house.png, boat.png]}
            degradations: ["gaussian:25", "down:4"]
            methods: {seen: unchanged, tv: tv, dip with a long name: dip-ema}
            seeds: [0, 1]
            seconds: 60
            baseline: tv
            """;
    private static final String RESULT =
            """
            {"trial":"%s","method":"%s","picture":"%s","degradation":"%s","seed":%d,
             "scores":{"psnr":%s,"ssim":0.8,"observed":20.2},"oracle":{"psnr":%s,"iteration":40,"gap":0.2},
             "effort":{"seconds":60.1,"watching":0.5,"iteration":50,"iterations":60}}
            """;

    /** A study whose last trial failed; the method with the long name is the best. */
    static Path study(Path parent) throws IOException {
        for (String name : List.of("house", "boat")) picture(parent.resolve(name + ".png"), 64, name.length());
        Study study = Study.parse(RESTORATIONS, parent);
        StudyDirectory directory = StudyDirectory.create(parent, study);
        StringBuilder lines = new StringBuilder();
        List<dev.calotype.study.Trial> trials = study.trials();
        for (int i = 0; i < trials.size(); i++) {
            dev.calotype.study.Trial trial = trials.get(i);
            String label = trial.method().label();
            double psnr = 20 + 3 * (i % 3) + 0.1 * i;
            if (i == trials.size() - 1)
                lines.append("{\"trial\":\"" + trial.id() + "\",\"method\":\"" + label
                        + "\",\"picture\":\"boat\",\"degradation\":\"down:4\",\"seed\":1,\"failure\":\"no memory\"}\n");
            else
                lines.append(String.format(
                                        java.util.Locale.ROOT,
                                        RESULT,
                                        trial.id(),
                                        label,
                                        trial.picture(),
                                        trial.degradation(),
                                        trial.seed(),
                                        psnr,
                                        psnr + 0.2)
                                .replace("\n", " ")
                                .strip())
                        .append('\n');
            StringBuilder curve = new StringBuilder();
            for (int k = 1; k <= 60 && i % 3 > 0; k++)
                curve.append(String.format(
                        java.util.Locale.ROOT,
                        "{\"iteration\":%d,\"seconds\":%d,\"loss\":0.01,\"psnr\":%s,\"smoothed\":%s,\"choice\":%d}%n",
                        k,
                        k,
                        psnr - 9.0 / k,
                        psnr - 12.0 / k,
                        k));
            Files.writeString(directory.root().resolve("curves/" + trial.id() + ".jsonl"), curve);
            picture(directory.restored(trial), 64, i);
            picture(directory.observed(trial), trial.degradation().startsWith("down") ? 16 : 64, i);
            picture(directory.truth(trial), 64, 1);
        }
        Files.writeString(directory.resultsFile(), lines);
        return directory.root();
    }

    private static void picture(Path file, int width, long seed) throws IOException {
        Rng rng = Rng.of(seed);
        byte[] pixels = new byte[3 * width * 64];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextInt(256);
        PngFile.write(file, new Picture(width, 64, 3, pixels));
    }
}
