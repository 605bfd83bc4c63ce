package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.console.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The library speaks of values, the command line of flags. */
class FlagsTest {
    private static final Path LIBRARY = Path.of("../core/src/main/java");
    private static final Pattern TEXT = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"");

    /** What of {@code wanted} stands in the texts of the library, but for comments. */
    private static Set<String> inTexts(Pattern wanted) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(LIBRARY)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList())
                for (String line : Files.readAllLines(file)) {
                    if (line.strip().startsWith("*") || line.strip().startsWith("/*")) continue;
                    for (Matcher text = TEXT.matcher(line); text.find(); ) {
                        Matcher value = wanted.matcher(text.group());
                        while (value.find()) found.add(value.group());
                    }
                }
        }
        return found;
    }

    private static void options(CommandLine command, Set<String> into) {
        command.getCommandSpec().options().forEach(option -> into.addAll(Set.of(option.names())));
        command.getSubcommands().values().forEach(below -> options(below, into));
    }

    @Test
    void theLibraryNamesNoFlag() throws IOException {
        assertThat(inTexts(Pattern.compile("(?<![-\\w])--[a-z][a-z-]+"))).isEmpty();
    }

    @Test
    void everyValueThatTheLibraryNamesHasAFlagThatThereIs() throws IOException {
        Set<String> options = new TreeSet<>();
        options(Main.commandLine(), options);
        Set<String> values = inTexts(Pattern.compile("`[a-zA-Z]+`"));
        assertThat(values).contains("`mask`", "`smallSets`");
        for (String value : values) {
            assertThat(Flags.in(value)).as(value).startsWith("--");
            assertThat(options).as(value).contains(Flags.in(value).split(" ")[0]);
        }
    }

    @Test
    void onlyValuesAreReplaced() {
        assertThat(Flags.in("say `missing` black, not `else` or `$1`"))
                .isEqualTo("say --missing black, not `else` or `$1`");
    }
}
