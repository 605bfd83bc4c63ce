package dev.calotype.app.console;

import dev.calotype.tensor.Engine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that computes: people read standard error, programs read one JSON object on standard output. */
public abstract class EngineCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print the result as one JSON object, the last line of standard output.")
    private boolean json;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the engine; 0 for one per core (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private int threads;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        if (threads < 0 || threads > 1024) throw new IllegalArgumentException("threads must be in 0..1024: " + threads);
        Engine.load(threads);
        Object result = execute(new Console(spec.commandLine().getErr()));
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? JsonText.of(result) : Flags.in(String.valueOf(result)));
        out.flush();
        return exitCode(result);
    }

    /** What was asked for. */
    protected final CommandSpec spec() {
        return spec;
    }

    /** 0, or 1 where what was done is not all that was asked for. */
    protected int exitCode(Object result) {
        return 0;
    }

    /** Does the work; what it returns is printed, as its {@code toString} or as JSON. */
    protected abstract Object execute(Console console) throws Exception;
}
