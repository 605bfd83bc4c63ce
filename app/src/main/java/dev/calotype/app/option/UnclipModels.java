package dev.calotype.app.option;

import dev.calotype.unclip.UnclipFiles;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which models a decoder works with, where its chain or recipe does not say it. */
public final class UnclipModels {
    @Option(
            names = "--upsampler",
            paramLabel = "RUN",
            description = "Enlarge what the decoder draws; default that of a chain, if it has one.")
    private Path upsampler;

    @Option(
            names = "--encoder",
            paramLabel = "MODEL",
            description = "The encoder of the decoder's training, where it is not any more where it was.")
    private Path encoder;

    /** The models of a run, with a prior where one is named. */
    public UnclipFiles files(Path run, Path prior) {
        return UnclipFiles.of(run).with(encoder, prior, upsampler);
    }

    /** Whether any was given. */
    public boolean given() {
        return upsampler != null || encoder != null;
    }
}
