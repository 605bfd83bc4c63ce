package dev.calotype.app.option;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is the same in every cell of a sweep or a comparison. */
public final class CellOptions {
    @Option(names = "--data", paramLabel = "PATH", description = "The data set, in place of that of the recipes.")
    private String data;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "The feature network, in place of that of the recipes.")
    private String network;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Override one value of every recipe; may be repeated.")
    private List<String> overrides = List.of();

    @Option(
            names = "--allow-foreign-judge",
            description = "Judge even by a network, or against pictures, of another data set; the report says so.")
    private boolean allowForeignJudge;

    @Option(names = "--dry-run", description = "Check every cell, list the trainings, and stop.")
    private boolean dryRun;

    @Mixin
    private ComputeOptions compute;

    /** What replaces values of recipes, in the order in which it applies. */
    public List<String> overrides() {
        return Recipes.overrides(data, network, Recipes.foreign(allowForeignJudge, compute.over(overrides)));
    }

    public boolean isDryRun() {
        return dryRun;
    }
}
