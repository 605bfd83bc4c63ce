package dev.calotype.app;

import dev.calotype.app.cluster.WorkerCommand;
import dev.calotype.app.collecting.CollectCommand;
import dev.calotype.app.console.FileNames;
import dev.calotype.app.console.Flags;
import dev.calotype.app.console.Interrupt;
import dev.calotype.app.console.ParentProcess;
import dev.calotype.app.serving.ReproduceCommand;
import dev.calotype.app.serving.StudioCommand;
import dev.calotype.app.tuning.AdaptersCommand;
import dev.calotype.app.tuning.FinetuneCommand;
import dev.calotype.app.tuning.ForgettingCommand;
import dev.calotype.io.NearestName;
import dev.calotype.io.Reason;
import dev.calotype.settings.RecipeException;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code calotype}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "calotype",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Generative image models on the JVM: train, sample, restore, judge.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype quickstart          train on drawn rooms, sample, judge, report",
            "  calotype train mnist --data path/to/mnist",
            "  calotype sample runs/quickstart-001 -n 16 --out grid.png",
            "  calotype help train          all about one command"
        })
public final class Main {
    /** Where it is ASCII, which cannot say all that there is to say, UTF-8 is printed. */
    private static final Charset NATIVE = Charset.forName(System.getProperty("native.encoding"));

    private static final String FULL =
            "the Java heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MB is full: give Java more by CALOTYPE_OPTS=-Xmx4g, or ask for less at a time";

    private static final List<Class<?>> COMMANDS = List.of(
            QuickstartCommand.class,
            TrainCommand.class,
            WorkerCommand.class,
            FinetuneCommand.class,
            AdaptersCommand.class,
            ForgettingCommand.class,
            SampleCommand.class,
            InterpolateCommand.class,
            ProjectCommand.class,
            RestoreCommand.class,
            NllCommand.class,
            ImagineCommand.class,
            VariationsCommand.class,
            ReconstructCommand.class,
            ChainCommand.class,
            EmbedCommand.class,
            SearchCommand.class,
            MatchCommand.class,
            EvaluateCommand.class,
            ClassifyCommand.class,
            SweepCommand.class,
            CompareCommand.class,
            JudgeCommand.class,
            StudyCommand.class,
            ReportCommand.class,
            StudioCommand.class,
            ReproduceCommand.class,
            DataCommand.class,
            CollectCommand.class,
            InspectCommand.class,
            ImportCommand.class,
            AverageCommand.class,
            OptimizeCommand.class,
            ExportCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class,
            GenerateCompletion.class);

    private static final Set<Class<?>> NEED_ALL = Set.of(CommandLine.HelpCommand.class, GenerateCompletion.class);

    private Main() {}

    /** Runs the command line and ends the process. */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // what libraries print is in no language's digits, as all else
        if (System.getProperty("calotype.parent", "").equals("input")) ParentProcess.atItsEnd(() -> System.exit(1));
        CommandLine command = commandLine(wanted(args));
        if (NATIVE.equals(StandardCharsets.US_ASCII)) {
            System.setErr(new PrintStream(System.err, true, StandardCharsets.UTF_8));
            command.setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
            command.setErr(new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true));
        }
        int code = command.execute(args);
        Interrupt.release();
        System.exit(code);
    }

    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** The command that is called, alone where it is clear which and it needs no others: to look at all takes longer than Java's start. */
    static List<Class<?>> wanted(String... args) {
        return COMMANDS.stream()
                .filter(command -> args.length > 0 && !NEED_ALL.contains(command))
                .filter(command -> command.getAnnotation(Command.class).name().equals(args[0]))
                .findFirst()
                .<List<Class<?>>>map(List::of)
                .orElse(COMMANDS);
    }

    static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine line = new CommandLine(new Main());
        commands.forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpAutoWidth(true)
                .registerConverter(Path.class, Main::path)
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionStrategy(Main::run)
                .setExecutionExceptionHandler(Main::explain);
    }

    private static Path path(String text) {
        if (text.isBlank()) throw new TypeConversionException("a path must not be empty: '" + text + "'");
        return Path.of(text);
    }

    /** Runs what was asked for; a command that does not exist is an error also where only help is wanted. */
    private static int run(ParseResult asked) {
        ParseResult last = asked;
        while (last.hasSubcommand()) last = last.subcommand();
        CommandSpec command = last.commandSpec();
        List<String> unknown = last.unmatched();
        if (command.userObject() instanceof CommandLine.HelpCommand) {
            command = command.parent();
            List<String> names = last.originalArgs()
                    .subList(
                            last.originalArgs().indexOf("help") + 1,
                            last.originalArgs().size());
            unknown = names.stream()
                    .filter(name -> !name.startsWith("-"))
                    .limit(1)
                    .toList();
            if (!unknown.isEmpty() && command.subcommands().containsKey(unknown.get(0))) unknown = List.of();
        }
        if (!unknown.isEmpty() && !command.subcommands().isEmpty())
            throw new ParameterException(command.commandLine(), noCommand(unknown.get(0), command));
        FileNames.require(last);
        try {
            return new CommandLine.RunLast().execute(asked);
        } catch (OutOfMemoryError e) {
            LoggerFactory.getLogger(Main.class).debug("failed", e);
            last.commandSpec().commandLine().getErr().println("calotype: " + tooLittle(e));
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** One sentence for what of a command line is wrong, and where all is told of its command. */
    private static int refuse(ParameterException e, String... arguments) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String message = e.getMessage().lines().map(String::strip).collect(Collectors.joining(" "));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.isUnknownOption() ? unmatched.getSuggestions() : List.of();
            if (!near.isEmpty()) message += ", did you mean '" + String.join("' or '", near) + "'?";
            if (!unmatched.isUnknownOption() && !command.subcommands().isEmpty())
                message = noCommand(unmatched.getUnmatched().get(0), command);
        }
        String[] names = command.qualifiedName(" ").split(" ");
        e.getCommandLine()
                .getErr()
                .println("calotype: " + message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1)
                        + " (see " + (names.length > 2 ? String.join(" ", names) + " --help" : help(names)) + ")");
        return CommandLine.ExitCode.USAGE;
    }

    private static String noCommand(String name, CommandSpec command) {
        return "there is no command '" + name + "'"
                + NearestName.hints(name, command.subcommands().keySet());
    }

    private static String help(String... names) {
        return names.length == 1 ? "calotype help" : "calotype help " + names[1];
    }

    static String tooLittle(OutOfMemoryError e) {
        String message = String.valueOf(e.getMessage());
        boolean heap = message.startsWith("Java heap space") || message.startsWith("GC overhead");
        return heap ? FULL : "there was not enough memory: " + message;
    }

    /** One sentence for what went wrong, and its stack trace for the log. */
    private static int explain(Exception e, CommandLine command, ParseResult result) {
        LoggerFactory.getLogger(Main.class).debug("failed", e);
        command.getErr().println("calotype: " + Flags.in(message(e)));
        return e instanceof IllegalArgumentException || e instanceof RecipeException
                ? CommandLine.ExitCode.USAGE
                : CommandLine.ExitCode.SOFTWARE;
    }

    static String message(Throwable e) {
        if (e instanceof UncheckedIOException unchecked) return message(unchecked.getCause());
        boolean known = e instanceof IOException
                || e instanceof IllegalArgumentException
                || e.getClass().getName().startsWith("dev.calotype");
        if (known && (e instanceof IOException || e.getMessage() != null)) return Reason.of(e);
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return Engine.memoryFull(e)
                .orElseGet(() -> "unexpected " + e.getClass().getSimpleName() + ": " + first
                        + " (set CALOTYPE_LOG=debug for details)");
    }
}
