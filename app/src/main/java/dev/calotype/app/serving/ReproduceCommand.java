package dev.calotype.app.serving;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.JsonText;
import dev.calotype.image.PictureFile;
import dev.calotype.io.OutputFile;
import dev.calotype.studio.draw.Reproduction;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws a picture again. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Draw a picture again from what its PNG file says, and tell whether it is the same to the bit, and what differs between"
                    + " then and now.",
            "Pictures of a studio say enough, and those of sample. The model is looked for in the folders of --models."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype reproduce room.png --out again.png",
            "  calotype reproduce room.png --models /data/models --out again.png"
        })
public final class ReproduceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A PNG file that was drawn here.")
    private Path file;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A folder of runs and models; several are possible (default: runs).")
    private List<Path> models = List.of(Path.of("runs"));

    @Option(names = "--out", paramLabel = "PNG", required = true, description = "Where it is drawn.")
    private Path out;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of the engine; 0 for one per core (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Print the result as one JSON object, the last line of standard output.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** What came of it. */
    private record Reproduced(String out, boolean same, long differentPixels, List<String> differences) {
        @Override
        public String toString() {
            return out;
        }
    }

    @Override
    public Integer call() throws Exception {
        if (threads < 0 || threads > 1024) throw new IllegalArgumentException("threads must be in 0..1024: " + threads);
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png"))
            throw new IllegalArgumentException("--out must end in .png: " + out);
        OutputFile.require(out, OutputFile.Existing.REPLACE, file);
        Engine.load(threads);
        Console console = new Console(spec.commandLine().getErr());
        Reproduced done = reproduce(console);
        spec.commandLine().getOut().println(json ? JsonText.of(done) : done);
        spec.commandLine().getOut().flush();
        return done.same() ? 0 : 1;
    }

    private Reproduced reproduce(Console console) throws IOException {
        Reproduction.Again again = Reproduction.of(file, models, console);
        PictureFile.of(again.picture()).write(out, again.texts());
        for (String difference : again.differences()) console.say("%s", difference);
        if (again.isSame()) console.say("The same to the bit");
        else console.say("%d pixels are not the same", again.different());
        return new Reproduced(out.toString(), again.isSame(), again.different(), again.differences());
    }
}
