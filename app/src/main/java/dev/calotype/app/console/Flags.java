package dev.calotype.app.console;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The flags of the command line for the values of the library, which its messages name in backquotes. */
public final class Flags {
    private static final Pattern VALUE = Pattern.compile("`([a-zA-Z]+)`");
    private static final Map<String, String> OF = Map.ofEntries(
            Map.entry("data", "--data"),
            Map.entry("dncnn", "--dncnn FILE"),
            Map.entry("every", "--every N"),
            Map.entry("foreignJudge", "--allow-foreign-judge"),
            Map.entry("frames", "--frames DIR"),
            Map.entry("held", "--held N"),
            Map.entry("mask", "--mask FILE"),
            Map.entry("method", "--method"),
            Map.entry("missing", "--missing"),
            Map.entry("network", "--network"),
            Map.entry("overwrite", "--overwrite"),
            Map.entry("perceptual", "--lpips"),
            Map.entry("precision", "--precision"),
            Map.entry("prior", "--prior RUN"),
            Map.entry("prompt", "--prompt TEXT"),
            Map.entry("quality", "--quality Q"),
            Map.entry("resume", "--resume RUN"),
            Map.entry("sampler", "--sampler"),
            Map.entry("set", "--set"),
            Map.entry("size", "--size"),
            Map.entry("smallSets", "--allow-few"),
            Map.entry("spacing", "--spacing"),
            Map.entry("upsampler", "--upsampler RUN"),
            Map.entry("weights", "--weights"));

    private Flags() {}

    /** The text with flags in the place of values; what is no value of the command line is left as it is. */
    public static String in(String text) {
        return VALUE.matcher(text)
                .replaceAll(value -> Matcher.quoteReplacement(OF.getOrDefault(value.group(1), value.group())));
    }
}
