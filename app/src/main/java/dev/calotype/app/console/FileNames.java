package dev.calotype.app.console;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Refuses names of files that end as those of folders do: what is to become of them is not clear. */
public final class FileNames {
    private static final Set<String> LABELS = Set.of("FILE", "PNG");
    private static final Pattern OF_A_FILE = Pattern.compile(
            "(?i).*\\.(png|jpe?g|webp|gif|bmp|tiff?|np[yz]|safetensors|html?|md|csv|json|ya?ml|onnx)[/\\\\]+");

    private FileNames() {}

    /** @throws ParameterException in one sentence */
    public static void require(ParseResult asked) {
        for (OptionSpec option : asked.matchedOptions())
            if (LABELS.contains(option.paramLabel()))
                for (String text : option.originalStringValues())
                    if (OF_A_FILE.matcher(text).matches() && !Files.isDirectory(Path.of(text)))
                        throw new ParameterException(
                                asked.commandSpec().commandLine(),
                                option.longestName() + " must not end in / where it is named as a file: " + text);
    }
}
