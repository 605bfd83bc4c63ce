package dev.calotype.app.tuning;

import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The word that a text-to-image pipeline is to learn. */
final class WordOptions {
    @Option(
            names = "--token",
            paramLabel = "T",
            description =
                    "Of a pipeline: learn a new word (textual inversion), which stands in captions or in --prompt as this, such as <gem>.")
    private String token;

    @Option(
            names = "--vectors",
            paramLabel = "N",
            description = "How many vectors stand for the word of --token (default: 1).")
    private Integer vectors;

    @Option(
            names = "--begins",
            paramLabel = "WORD",
            description = "A word that the pipeline knows, whose vector that of --token begins as.")
    private String begins;

    boolean given() {
        return token != null;
    }

    void require(boolean piped, Path base) {
        if (token == null && (vectors != null || begins != null))
            throw new IllegalArgumentException(
                    "--vectors and --begins would do nothing without --token: " + (begins == null ? vectors : begins));
        if (token != null && !piped)
            throw new IllegalArgumentException("--token would do nothing: " + base + " is no text-to-image pipeline");
        if (token != null && begins == null)
            throw new IllegalArgumentException("--begins must name a word that " + token + " is like: nothing");
    }

    void add(List<String> overrides) {
        if (token == null) return;
        overrides.add("texts.word.token=" + Yaml.quoted(token));
        overrides.add("texts.word.begins=" + Yaml.quoted(begins));
        if (vectors != null) overrides.add("texts.word.vectors=" + vectors);
    }
}
