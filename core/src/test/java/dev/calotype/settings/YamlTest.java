package dev.calotype.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
    enum Colour {
        DARK_RED,
        BLUE
    }

    record Inner(double size, Colour colour) {
        Inner {
            Check.range("size", size, 0, 2.5);
        }
    }

    record Outer(String name, int count, List<Integer> list, Inner inner) {
        Outer {
            Check.that(count != 13, "count must be lucky", count);
        }
    }

    private static final String DEFAULTS = "{name: n, count: 1, list: [1, 2], inner: {size: 1, colour: blue}}";

    private static Outer read(String given) {
        ObjectNode tree = Yaml.object(DEFAULTS, "defaults");
        Yaml.merge(tree, Yaml.object(given, "recipe"));
        return Yaml.value(tree, Outer.class);
    }

    @Test
    void whatIsGivenLiesOverTheDefaults() {
        assertThat(read("{count: 7, inner: {colour: dark-red}}"))
                .isEqualTo(new Outer("n", 7, List.of(1, 2), new Inner(1, Colour.DARK_RED)));
        assertThat(read("{list: [], inner: {size: 2.5}}"))
                .isEqualTo(new Outer("n", 1, List.of(), new Inner(2.5, Colour.BLUE)));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Outer outer = new Outer("n", 7, List.of(3), new Inner(0, Colour.DARK_RED));
        assertThat(Yaml.write(Yaml.tree(outer))).contains("colour: dark-red");
        assertThat(Yaml.value(Yaml.object(Yaml.write(Yaml.tree(outer)), "recipe"), Outer.class))
                .isEqualTo(outer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{cuont: 1}|unknown key cuont; did you mean count?",
                "{inner: {siez: 1}}|unknown key inner.siez; did you mean inner.size?",
                "{zzzzzzzz: 1}|unknown key zzzzzzzz; known are name, count, list, inner",
                "{count: null}|count must have a value",
                "{inner: {size: ~}}|inner.size must have a value",
                "{list: [1, null]}|every element of list must have a value",
                "{inner: 5}|inner must be a mapping with the keys size, colour",
                "{inner: {colour: green}}|inner.colour must be one of dark-red, blue: green",
                "{inner: {size: large}}|inner.size must be a number: large",
                "{inner: {size: 3}}|inner: size must be in 0..2.5: 3",
                "{inner: {size: -0.5}}|inner: size must be in 0..2.5: -0.5",
                "{count: 13}|count must be lucky: 13",
                "{count: x}|count must be a whole number: x",
                "{count: [1]}|count must be a whole number",
                "{name: [a]}|name must be a text",
                "{list: 5}|list must be a list",
                "{list: [a]}|list.[0] must be a whole number: a"
            })
    void whatIsWrongIsToldInOneSentence(String given, String message) {
        assertThatThrownBy(() -> read(given))
                .isInstanceOf(RecipeException.class)
                .hasMessage(message);
    }

    @Test
    void thePlaceOfBrokenYamlIsToldByItsLine() {
        assertThatThrownBy(() -> Yaml.object("a: 1\nb: [", "recipe"))
                .isInstanceOf(RecipeException.class)
                .hasMessageMatching("recipe is not valid YAML at line 2: [^\\n]+");
        assertThatThrownBy(() -> Yaml.object("a: &x 1\nb: *x", "recipe"))
                .hasMessage("recipe is not valid YAML at line 2: the alias *x is not followed, write its value out");
        assertThatThrownBy(() -> Yaml.object("[1]", "recipe"))
                .hasMessage("recipe must be a YAML mapping of keys to values");
    }

    @Test
    void aFileHasOneMegabyteAtMost(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("r.yaml");
        assertThatThrownBy(() -> Yaml.text(file, "recipe")).hasMessage("there is no recipe " + file);
        Files.writeString(file, " ".repeat(1 << 20));
        assertThat(Yaml.text(file, "recipe")).hasSize(1 << 20);
        Files.writeString(file, " ".repeat((1 << 20) + 1));
        assertThatThrownBy(() -> Yaml.text(file, "recipe")).hasMessage(file + " is too large for a recipe");
        Files.write(file, new byte[] {(byte) 0xff});
        assertThatThrownBy(() -> Yaml.text(file, "recipe")).hasMessageStartingWith("cannot read " + file);
    }

    @Test
    void rangesHoldTheirEndsAndBigNumbersAreWrittenInPowersOfTen() {
        Check.range("x", 0, 0, 1);
        Check.range("x", 1, 0, 1);
        assertThatThrownBy(() -> Check.range("x", 1.5, 0, 1)).hasMessage("x must be in 0..1: 1.5");
        assertThatThrownBy(() -> Check.range("x", 1e15, -1, 1)).hasMessage("x must be in -1..1: 1.0E15");
        assertThat(Kebab.parse(Colour.class, "dark-red")).isEqualTo(Colour.DARK_RED);
        assertThat(Kebab.parse(Colour.class, "DARK_RED")).isNull();
    }
}
