package dev.calotype.app.tuning;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.run.Adapters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to do with adapters. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, merge and export what fine-tuned runs have learned.",
        subcommands = {AdaptersCommand.Listing.class, AdaptersCommand.Merging.class, AdaptersCommand.Exporting.class})
public final class AdaptersCommand {
    /** Lists what an adapter holds. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List what an adapter holds: method, ranks, alpha, weights, and the base that it belongs to.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype adapters list runs/rooms-lora-001")
    static final class Listing extends EngineCommand {
        @Parameters(paramLabel = "ADAPTER", description = "A fine-tuned run, its checkpoint, or a file of export.")
        private Path adapter;

        @Override
        protected Object execute(Console console) throws IOException {
            return new Listed(Adapters.summary(adapter));
        }
    }

    /** What an adapter holds. */
    record Listed(
            String method,
            String base,
            String baseSha256,
            Map<String, Long> ranks,
            Map<String, Double> alpha,
            List<String> whole) {
        Listed(Adapters.Summary summary) {
            this(
                    summary.method(),
                    summary.base(),
                    summary.baseHash(),
                    summary.ranks(),
                    summary.alpha(),
                    summary.whole());
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            ranks.forEach((name, rank) -> text.append(
                    String.format(Locale.ROOT, "rank %-4d alpha %-6s %s%n", rank, said(alpha.get(name)), name)));
            for (String name : whole) text.append(String.format(Locale.ROOT, "%-22s %s%n", "whole", name));
            String belongs = base.isEmpty() ? "the base is not said" : "of " + base + " (" + baseSha256 + ")";
            return text + method + ", " + ranks.size() + " weights with factors, " + whole.size() + " whole, "
                    + belongs;
        }

        private static String said(double alpha) {
            return Double.isNaN(alpha) ? "?" : String.valueOf(alpha);
        }
    }

    /** Writes a merged checkpoint. */
    @Command(
            name = "merge",
            mixinStandardHelpOptions = true,
            description = {
                "Write a checkpoint whose weights hold what was learned, so that it needs no base.",
                "RUN is a fine-tuned run, or any with adapters of --adapter."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype adapters merge runs/rooms-lora-001 --out gems.safetensors",
                "  calotype adapters merge runs/rooms-001 --adapter runs/gems-001:0.7 --adapter runs/night-001 --out both.safetensors"
            })
    static final class Merging extends EngineCommand {
        @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
        private Path run;

        @Option(
                names = "--adapter",
                paramLabel = "FILE[:WEIGHT]",
                description =
                        "A fine-tuned run, its checkpoint or a file of export that is added, and by how much; default 1. Several add up.")
        private List<String> adapters = List.of();

        @Option(names = "--out", paramLabel = "FILE", required = true, description = "A new file.")
        private Path out;

        @Override
        protected Object execute(Console console) throws IOException {
            Adapters.merge(run, adapters, out);
            return new File(out.toString());
        }
    }

    /** Writes an adapter apart from its base. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description =
                    "Write what a fine-tuned run has learned as one safetensors file, by the names of peft and with alpha, for --adapter.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype adapters export runs/rooms-lora-001 --out gems-lora.safetensors")
    static final class Exporting extends EngineCommand {
        @Parameters(paramLabel = "RUN", description = "A fine-tuned run, or its checkpoint.")
        private Path run;

        @Option(names = "--out", paramLabel = "FILE", required = true, description = "A new file.")
        private Path out;

        @Override
        protected Object execute(Console console) throws IOException {
            Adapters.export(run, out);
            return new File(out.toString());
        }
    }

    /** What was written. */
    record File(String out) {
        @Override
        public String toString() {
            return out;
        }
    }
}
