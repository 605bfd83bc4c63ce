package dev.calotype.app;

import dev.calotype.image.Resize.Filter;
import dev.calotype.restoration.Damaged;
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
            "Without --prior no training set is needed: a network is fitted to this one picture, and stopped in time."
                    + " Any size, grey or colour; alpha and colour profile are kept. The input is never written over."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype restore denoise noisy.jpg --seconds 300 --out clean.png",
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
        final Object execute(Console console) throws Exception {
            return options.restore(damaged(), console);
        }

        abstract Damaged damaged();
    }

    /** Against noise. */
    @Command(
            name = "denoise",
            mixinStandardHelpOptions = true,
            description = "Take the noise out of a picture.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype restore denoise noisy.png --seconds 300 --out clean.png",
                "  calotype restore denoise noisy.png --method tv --sigma 25 --out clean.png"
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
            description = "Fill in missing pixels.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype restore inpaint photo.png --mask scratches.png --out whole.png")
    static final class Inpaint extends Task {
        @Option(
                names = "--mask",
                paramLabel = "FILE",
                required = true,
                description = "A picture of the same size that marks what is missing.")
        private Path mask;

        @Option(
                names = "--missing",
                paramLabel = "SHADE",
                defaultValue = "white",
                description = "What in the mask is missing: white or black (default: ${DEFAULT-VALUE}).")
        private Damaged.Shade missing;

        @Override
        Damaged damaged() {
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
