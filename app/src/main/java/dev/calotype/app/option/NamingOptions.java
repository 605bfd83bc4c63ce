package dev.calotype.app.option;

import dev.calotype.data.Views;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How a classifier is tested. */
public final class NamingOptions {
    private static final Pattern VIEWS = Pattern.compile("([0-9]{1,3})x([0-9]{1,3})");

    @Option(
            names = "--few-shot",
            paramLabel = "K,K...",
            split = ",",
            description = "Of a classifier: what a linear map knows after K pictures of each class of B.")
    private List<Integer> fewShot;

    @Option(
            names = "--views",
            paramLabel = "CLIPSxCROPS",
            description = "Of a classifier of clips: so many clips of each video and crops of each, such as 4x3, whose"
                    + " probabilities are averaged.")
    private String views;

    /** Whether any of them was given. */
    public boolean given() {
        return fewShot != null || views != null;
    }

    /** Pictures of each class, or null. */
    public List<Integer> fewShot() {
        if (fewShot != null && views != null)
            throw new IllegalArgumentException("--views would do nothing with --few-shot: " + views);
        return fewShot;
    }

    /** The views of each video; one where nobody says. */
    public Views views() {
        if (views == null) return Views.ONE;
        Matcher numbers = VIEWS.matcher(views);
        if (!numbers.matches())
            throw new IllegalArgumentException("--views must be CLIPSxCROPS, such as 4x3: " + views);
        return new Views(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
    }
}
