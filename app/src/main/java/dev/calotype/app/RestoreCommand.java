package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.RestoreOptions;
import dev.calotype.image.HoleMask;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.FolderRestoration;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Restores a picture. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Restore a damaged picture.",
            "No training set is needed: --method auto takes what suits the damage, the size and --seconds, and says what and"
                    + " why; afterwards whether its own measure shows the picture to be better than the input."
                    + " Any size, grey or colour; alpha and colour profile are kept. The input is never written over."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype restore denoise noisy.jpg --out clean.png",
            "  calotype restore denoise scans/ --out clean/",
            "  calotype restore inpaint photo.png --mask scratches.png --out whole.png",
            "  calotype restore upscale small.png --scale 4 --out large.png"
        },
        subcommands = {
            RestoreCommand.Denoise.class,
            RestoreCommand.Inpaint.class,
            RestoreCommand.Upscale.class,
            RestoreCommand.Deblur.class,
            RestoreCommand.Dejpeg.class
        })
final class RestoreCommand {
    private RestoreCommand() {}

    /** One kind of damage. */
    abstract static class Task extends EngineCommand {
        @Mixin
        private RestoreOptions options;

        @Override
        protected final Object execute(Console console) throws Exception {
            return options.restore(damaged(), maskOut(), console);
        }

        @Override
        protected final int exitCode(Object result) {
            boolean failed = result instanceof FolderRestoration.Done done
                            && !done.failures().isEmpty()
                    || result instanceof FolderRestoration.Marked marked
                            && !marked.failures().isEmpty();
            return failed ? 1 : 0;
        }

        abstract Damaged damaged();

        /** Where what is missing is written; null for nowhere. */
        Path maskOut() {
            return null;
        }
    }

    /** Against noise. */
    @Command(
            name = "denoise",
            mixinStandardHelpOptions = true,
            description = "Take the noise out of a picture.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype restore denoise noisy.png --sigma 25 --out clean.png",
                "  calotype restore denoise noisy.png --method dip-ema --seconds 900 --out clean.png"
            })
    static final class Denoise extends Task {
        @Override
        Damaged damaged() {
            return new Damaged.Noisy();
        }
    }

    /** Against holes. */
    @Command(
            name = "inpaint",
            mixinStandardHelpOptions = true,
            description = {
                "Fill in missing pixels.",
                "With --detect scratches the program looks for scratches and dust itself; --mask-out keeps what it found,"
                        + " to be looked at, edited, and given as --mask. Without --out only that is written."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype restore inpaint photo.png --mask scratches.png --out whole.png",
                "  calotype restore inpaint with-hole.png --out whole.png",
                "  calotype restore inpaint scan.tif --detect scratches --mask-out mask.png --out whole.tif"
            })
    static final class Inpaint extends Task {
        @Option(
                names = "--mask",
                paramLabel = "FILE",
                description =
                        "A picture of the same size that marks what is missing; not needed for a picture with a"
                                + " transparent hole, which is filled. For a folder of pictures, one mask or a folder of them, where an empty one leaves its picture as it is.")
        private Path mask;

        @Option(
                names = "--missing",
                paramLabel = "SHADE",
                description =
                        "What in the mask is missing: white or black (default: white; to be said where that is most"
                                + " of the picture).")
        private HoleMask.Shade missing;

        @Option(
                names = "--detect",
                paramLabel = "WHAT",
                description = "What to look for in the picture and fill, in the place of a mask: scratches (and dust).")
        private Detect detect;

        @Option(
                names = "--mask-out",
                paramLabel = "FILE",
                description = "Where what was taken for missing is written, white on black; for a folder, a folder.")
        private Path maskOut;

        /** What the program can find. */
        enum Detect {
            SCRATCHES
        }

        @Override
        Path maskOut() {
            return maskOut;
        }

        @Override
        Damaged damaged() {
            if (detect != null && (mask != null || missing != null))
                throw new IllegalArgumentException(
                        "--detect finds what --mask and --missing tell: say one or the other");
            if (detect == Detect.SCRATCHES) return new Damaged.Scratched();
            if (mask == null && missing != null) throw new IllegalArgumentException("--missing wants --mask FILE");
            return new Damaged.Incomplete(mask, missing);
        }
    }

    /** Against few pixels. */
    @Command(
            name = "upscale",
            mixinStandardHelpOptions = true,
            description = "Enlarge a picture that was reduced.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype restore upscale small.png --scale 4 --out large.png")
    static final class Upscale extends Task {
        @Option(
                names = "--scale",
                paramLabel = "K",
                defaultValue = "4",
                description = "How many times larger, 2..16 (default: ${DEFAULT-VALUE}).")
        private int scale;

        @Option(
                names = "--filter",
                paramLabel = "NAME",
                defaultValue = "bicubic",
                description = "By which it was reduced: box, bilinear, bicubic or lanczos (default: ${DEFAULT-VALUE}).")
        private Filter filter;

        @Override
        Damaged damaged() {
            return new Damaged.Small(scale, filter);
        }
    }

    /** Against blur. */
    @Command(
            name = "deblur",
            mixinStandardHelpOptions = true,
            description = "Sharpen a picture whose blur is known.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype restore deblur soft.png --kernel blur:2 --out sharp.png",
                "  calotype restore deblur shaken.png --kernel motion:15:30 --out still.png"
            })
    static final class Deblur extends Task {
        @Option(
                names = "--kernel",
                paramLabel = "KERNEL",
                required = true,
                description = "blur:SIGMA for a Gaussian, motion:LENGTH:DEGREES for a straight move, in pixels.")
        private String kernel;

        @Override
        Damaged damaged() {
            return new Damaged.Blurred(kernel);
        }
    }

    /** Against compression. */
    @Command(
            name = "dejpeg",
            mixinStandardHelpOptions = true,
            description = "Take the blocks and rings of JPEG out of a picture.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype restore dejpeg blocky.jpg --quality 20 --out smooth.png")
    static final class Dejpeg extends Task {
        @Option(
                names = "--quality",
                paramLabel = "Q",
                defaultValue = "0",
                description = "Of the compression, 1..100; 0 for unknown (default: ${DEFAULT-VALUE}).")
        private int quality;

        @Override
        Damaged damaged() {
            return new Damaged.Compressed(quality);
        }
    }
}
