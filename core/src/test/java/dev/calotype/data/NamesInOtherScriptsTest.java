package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Folders are named by the shell, in bytes, whatever this JVM makes of them. */
@DisabledOnOs({OS.WINDOWS, OS.MAC})
class NamesInOtherScriptsTest {
    @TempDir
    private Path folder;

    private void folders(String... names) throws Exception {
        for (int i = 0; i < names.length; i++) {
            Fixtures.folder(
                    folder.resolve("made"),
                    java.util.Map.of("a/1.png", Fixtures.png(10 * i), "a/2.png", Fixtures.png(10 * i + 1)));
            String rename = "mv made/a \"classes/$(printf '" + names[i] + "')\"";
            Files.createDirectories(folder.resolve("classes"));
            Process shell = new ProcessBuilder("sh", "-c", rename)
                    .directory(folder.toFile())
                    .start();
            assertThat(new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEmpty();
        }
    }

    /** Opens the classes in a JVM of its own in the locale {@code LC_ALL}, which prints their names or what is wrong. */
    private String opened(String locale) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NamesInOtherScriptsTest.class.getName(),
                folder.resolve("classes").toString());
        java.environment().put("LC_ALL", locale);
        Process process = java.redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    public static void main(String[] arguments) throws Exception {
        String said;
        try (ImageDataset data = DataSource.open(arguments[0], 3)) {
            said = data.size() + " in " + data.classes();
        } catch (java.io.IOException e) {
            said = e.getMessage();
        }
        System.out.write((said + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void classesThatTheLocaleCannotNameAreRefusedAndNotMerged() throws Exception {
        folders("plain", "\\346\\227\\245", "\\346\\234\\210"); // two Japanese characters in UTF-8
        assertThat(opened("C")).contains("has a name that cannot be read in US-ASCII", "set LC_ALL=C.UTF-8");
        assertThat(opened("C.UTF-8")).isEqualTo("6 in [plain, 日, 月]");
    }

    @Test
    void classesNamedInAnotherCharacterSetAreRefusedAndNotMerged() throws Exception {
        folders("caf\\351", "caf\\350"); // in Latin-1
        assertThat(opened("C.UTF-8")).contains("has a name that cannot be read in UTF-8", "rename it in UTF-8");
    }
}
