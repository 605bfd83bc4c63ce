package dev.calotype.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.PngFile;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.TiledDecoding;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What {@code bench/peers/stable_diffusion_work.py} does, in bf16 where nobody says otherwise: whole pictures, evaluations of the denoiser, decoding. */
public final class StableDiffusion {
    private static final long SEED = 3;
    private static final int FACTOR = 8, LATENT = 4, REPETITIONS = 5;

    private StableDiffusion() {}

    /**
     * Wants what to do and the folder of the pipeline: {@code noise FOLDER FILE PIXELS}, {@code draw FOLDER STEPS PICTURE PIXELS PRECISION},
     * {@code evaluate FOLDER FILE} with what its peer wrote, {@code decode FOLDER PIXELS}.
     */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        Path folder = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "noise" -> noise(Path.of(arguments[2]), Integer.parseInt(arguments[3]));
            case "draw" ->
                draw(
                        folder,
                        arguments[2],
                        Path.of(arguments[3]),
                        Integer.parseInt(arguments[4]),
                        Precision.valueOf(arguments[5]));
            case "evaluate" -> evaluate(folder.resolve("unet"), Path.of(arguments[2]));
            case "decode" -> decode(folder.resolve("vae"), Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException("noise, draw, evaluate or decode: " + arguments[0]);
        }
        System.out.printf(Locale.ROOT, "peak %d MB%n", ProcessMemory.peak().orElse(0) / 1_000_000);
    }

    /** The noise that picture 0 of the seed begins with. */
    private static void noise(Path file, int side) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor noise = Rng.rows(Rng.of(SEED).fork(0)).normal(1, LATENT, side / FACTOR, side / FACTOR);
            SafeTensors.write(file, Map.of("noise", noise), Map.of());
        }
    }

    private static void draw(Path folder, String steps, Path file, int side, Precision precision) throws IOException {
        TextPipeline pipeline = TextPipelines.installed().open(folder, Additions.NONE);
        var wishes = new TextPipeline.Wishes(
                new Prompt("a red bed", Optional.empty(), 0),
                Map.of("sampler", "ddim", "steps", steps, "guidance", "7.5"),
                SEED,
                side,
                side,
                Optional.empty());
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        List<Double> times = new ArrayList<>();
        var drawn = pipeline.draw(
                wishes,
                1,
                new Placement(Device.CPU, precision),
                (what, done, total) ->
                        times.add(Duration.between(start, Instant.now()).toMillis() * 1e-3));
        System.out.println("since the start of the process, each evaluation's begin and what follows: " + times);
        System.out.printf(
                Locale.ROOT,
                "all: %.1f s%n",
                Duration.between(start, Instant.now()).toMillis() * 1e-3);
        PngFile.write(file, drawn.pictures().get(0));
    }

    private static void evaluate(Path folder, Path theirs) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scope.Owned<LatentUNet> network = DiffusersLatentUNet.read(folder, Precision.BF16);
                SafeTensorsFile file = SafeTensors.open(theirs)) {
            Map<String, Tensor> given = file.tensors();
            Tensor x = given.get("x"), wanted = given.get("out"), time = Tensors.of(500.0, 500.0);
            Told told = Told.of(given.get("tokens"));
            time(() -> {
                try (PointerScope one = new PointerScope()) {
                    Scope.read(() -> network.value().forward(x, time, told));
                }
            });
            double apart = Scope.read(() ->
                    network.value().forward(x, time, told).sub(wanted).norm().item_double()
                            / wanted.norm().item_double());
            System.out.printf(Locale.ROOT, "difference %.2g of the norm%n", apart);
        }
    }

    private static void decode(Path folder, int side) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scope.Owned<? extends Autoencoder> network = DiffusersAutoencoder.read(folder, Precision.BF16)) {
            Tensor latents = Rng.of(SEED).normal(1, LATENT, side / FACTOR, side / FACTOR);
            boolean tiled = TiledDecoding.isWorthwhile(network.value(), latents);
            System.out.println(tiled ? "in tiles" : "as a whole");
            time(() -> {
                try (PointerScope one = new PointerScope()) {
                    if (tiled) new TiledDecoding().decode(network.value(), latents);
                    else network.value().decode(latents);
                }
            });
        }
    }

    private static void time(Runnable work) {
        work.run();
        List<String> seconds = new ArrayList<>();
        for (int i = 0; i < REPETITIONS; i++) {
            long begun = System.nanoTime();
            work.run();
            seconds.add(String.format(Locale.ROOT, "%.3f", (System.nanoTime() - begun) * 1e-9));
        }
        System.out.println("seconds " + seconds);
    }
}
