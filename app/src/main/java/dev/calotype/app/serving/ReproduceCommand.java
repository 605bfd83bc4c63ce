package dev.calotype.app.serving;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.image.PictureFile;
import dev.calotype.io.OutputFile;
import dev.calotype.io.Reason;
import dev.calotype.studio.draw.Reproduction;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws a picture again. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Draw a picture again from what its PNG file says, and tell whether it is the same to the bit, and what differs between"
                    + " then and now.",
            "Pictures of a studio say enough, and those of sample. The model and its adapters are looked for in the folders of --models.",
            "Ends with 0 where it is the same, with 1 where it is not, and with 2 where it cannot be tried."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype reproduce room.png --out again.png",
            "  calotype reproduce room.png --models /data/models --out again.png"
        })
public final class ReproduceCommand extends EngineCommand {
    @Parameters(paramLabel = "FILE", description = "A PNG file that was drawn here.")
    private Path file;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A folder of runs and models; several are possible (default: runs).")
    private List<Path> models = List.of(Path.of("runs"));

    @Option(names = "--out", paramLabel = "PNG", required = true, description = "Where it is drawn.")
    private Path out;

    /** What came of it. */
    private record Reproduced(String out, boolean same, long differentPixels, List<String> differences) {
        @Override
        public String toString() {
            return out;
        }
    }

    /** Whatever keeps it from being tried is a wrong use: the code 1 says that it was, and another picture came of it. */
    @Override
    protected Object execute(Console console) {
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png"))
            throw new IllegalArgumentException("--out must end in .png: " + out);
        try {
            return reproduce(console);
        } catch (IOException | Refusal e) {
            throw new IllegalArgumentException(Reason.of(e), e);
        }
    }

    @Override
    protected int exitCode(Object result) {
        return ((Reproduced) result).same() ? 0 : 1;
    }

    private Reproduced reproduce(Console console) throws IOException {
        OutputFile.require(out, OutputFile.Existing.REPLACE, file);
        Reproduction.Again again = Reproduction.of(file, models, console);
        PictureFile.of(again.picture()).write(out, again.texts());
        for (String difference : again.differences()) console.say("%s", difference);
        if (again.isSame()) console.say("The same to the bit");
        else console.say("%d pixels are not the same", again.different());
        return new Reproduced(out.toString(), again.isSame(), again.different(), again.differences());
    }
}
