package dev.calotype.studio;

import dev.calotype.run.TrainingObserver;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.ChainSettings;
import dev.calotype.unclip.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A chain that draws pictures of words and variations of pictures, of models that have learned for a step or two. */
final class TinyChain {
    private static final String SHORT =
            "training: {minutes: 0, steps: 2, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.9]}\n";
    private static final Map<String, String> RECIPES = Map.of(
            "clip",
            """
            kind: clip
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 20, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 8
            """
                    + SHORT,
            "prior",
            "kind: prior\nmethod: ridge\npairs: 12\ntest: {pairs: 4}\ntraining: {steps: 1, minutes: 0}\n",
            "decoder",
            """
            condition: {by: embedding}
            embedding: {pairs: 12, tokens: 2}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32}
            process: {parameterization: velocity, variance: fixed-small, loss: simple}
            sampling: {steps: 2}
            """
                    + SHORT);

    private TinyChain() {}

    /** Trains one called {@code tiny} below a folder; it draws 32 pixels. */
    static Path train(Path parent, Path recipes) throws IOException {
        Files.createDirectories(recipes);
        for (var recipe : RECIPES.entrySet())
            Files.writeString(recipes.resolve(recipe.getKey() + ".yaml"), recipe.getValue());
        Path file = Files.writeString(
                recipes.resolve("chain.yaml"),
                "name: tiny\nclip: {recipe: clip.yaml}\nprior: {recipe: prior.yaml}\ndecoder: {recipe: decoder.yaml}\n");
        Chain chain = Chain.create(ChainSettings.read(file, List.of()), parent, recipes);
        for (Stage stage : chain.stages()) chain.train(stage, TrainingObserver.SILENT);
        return chain.folder();
    }
}
