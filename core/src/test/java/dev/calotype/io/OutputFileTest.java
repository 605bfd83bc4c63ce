package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.io.OutputFile.Existing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    private Path folder;

    private Path input;

    @BeforeEach
    void write() throws IOException {
        input = Files.writeString(folder.resolve("input.png"), "picture");
    }

    @Test
    void theInputIsRefusedByAnyName() throws IOException {
        Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic.png"), input);
        Path hard = Files.createLink(folder.resolve("hard.png"), input);
        Path around = folder.resolve("a/../input.png");
        Files.createDirectory(folder.resolve("a"));
        for (Path name : new Path[] {input, symbolic, hard, around})
            assertThatThrownBy(() -> OutputFile.require(name, Existing.REPLACE, folder.resolve("mask.png"), input))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(name + " is the input " + input + ", which is never written over");
    }

    @Test
    void anotherFileIsRefusedUnlessItIsToBeReplaced() throws IOException {
        Path other = Files.writeString(folder.resolve("other.png"), "other");
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling.png"), folder.resolve("nowhere.png"));
        for (Path name : new Path[] {other, dangling}) {
            assertThatThrownBy(() -> OutputFile.require(name, Existing.REFUSE, input))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is there already");
            assertThatCode(() -> OutputFile.require(name, Existing.REPLACE, input))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> OutputFile.require(folder.resolve("new.png"), Existing.REFUSE, input))
                .doesNotThrowAnyException();
    }

    @Test
    void aFolderOrAMissingFolderIsSaid() {
        assertThatThrownBy(() -> OutputFile.require(folder, Existing.REPLACE, input))
                .hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> OutputFile.require(folder.resolve("no/x.png"), Existing.REFUSE, input))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no folder");
        Path library = Path.of(URI.create("jrt:/java.base")); // which nobody can write
        assertThatThrownBy(() -> OutputFile.require(library.resolve("x.png"), Existing.REPLACE))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot write " + library.resolve("x.png") + ": the folder " + library + " does not allow it");
    }

    @Test
    void aNewFileIsOneThatIsNotThere() {
        assertThatThrownBy(() -> OutputFile.requireNew(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(input + " is there already: take another name");
        assertThatThrownBy(() -> OutputFile.requireNew(folder.resolve("no/x.png")))
                .hasMessageContaining("there is no folder");
    }
}
