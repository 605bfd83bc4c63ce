package dev.calotype.app.tuning;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.adapter.LoraConversion;
import dev.calotype.checkpoint.adapter.LoraConversion.Form;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.run.Adapters;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to do with adapters. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, merge, export and convert what fine-tuned models have learned.",
        subcommands = {
            AdaptersCommand.Listing.class,
            AdaptersCommand.Merging.class,
            AdaptersCommand.Exporting.class,
            AdaptersCommand.Converting.class
        })
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
            description = {
                "Write what a fine-tuned run has learned as one safetensors file, by the names of peft and with alpha, for --adapter.",
                "Of a text-to-image pipeline the names are those of diffusers, and a word that was learned beside factors is a second file, FILE-word.safetensors."
            },
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

    /** Renames an adapter of others. */
    @Command(
            name = "convert",
            mixinStandardHelpOptions = true,
            description = {
                "Write a low-rank adapter of others by the names of another program; what names it has is found out.",
                "The second factor is multiplied by how much the pair acts, so that alpha is the rank: programs that do not read alpha get the right"
                        + " strength."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype adapters convert kohya.safetensors --model stable-diffusion-v1-5 --to diffusers --out lora.safetensors",
                "  calotype adapters convert pytorch_lora_weights.safetensors --model stable-diffusion-v1-5 --to kohya --alpha 4 --out kohya.safetensors"
            })
    static final class Converting extends EngineCommand {
        @Parameters(paramLabel = "FILE", description = "Of kohya's scripts, diffusers, peft or the oldest kind.")
        private Path file;

        @Option(
                names = "--model",
                paramLabel = "FOLDER",
                required = true,
                description = "The pipeline of diffusers that it is of, for the names of its layers.")
        private Path model;

        @Option(
                names = "--to",
                paramLabel = "FORM",
                required = true,
                description = "diffusers, kohya, or peft, which is a folder.")
        private Form form;

        @Option(names = "--alpha", paramLabel = "A", description = "Where the file does not say it.")
        private Double alpha;

        @Option(
                names = "--out",
                paramLabel = "PATH",
                required = true,
                description = "A new file, or a new folder of peft.")
        private Path out;

        @Override
        protected Object execute(Console console) throws IOException {
            RunDirectory.requireNew(out);
            Map<String, StoredNetwork> networks = new TreeMap<>();
            for (String part : LoraFile.PARTS)
                if (Files.isDirectory(model.resolve(part))) networks.put(part, StoredNetwork.in(model.resolve(part)));
            if (networks.isEmpty())
                throw new IllegalArgumentException("--model must be the folder of a pipeline of diffusers: " + model);
            OptionalDouble said = alpha == null ? OptionalDouble.empty() : OptionalDouble.of(alpha);
            List<Path> written = LoraConversion.convert(file, networks, said, form, out);
            List<String> words = written.stream().skip(1).map(Path::toString).toList();
            if (!words.isEmpty())
                console.say(
                        "Learned words, each in a file of its own (imagine --embedding): %s", String.join(", ", words));
            return new Converted(out.toString(), words);
        }
    }

    /** What was written, and beside it. */
    record Converted(String out, List<String> words) {
        @Override
        public String toString() {
            return out;
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
