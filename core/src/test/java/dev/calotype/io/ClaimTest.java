package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimTest {
    @TempDir
    private Path folder;

    /** Tries to take the right to a folder and tells how that went; with a second argument keeps it until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String... arguments) throws Exception {
            try (Claim claim = Claim.of(Path.of(arguments[0]), "run")) {
                System.out.println(ProcessHandle.current().pid());
                if (arguments.length > 1) while (System.in.read() >= 0) continue;
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void theProcessThatHasItIsNamedAndAKillFreesIt() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Child.class.getName(),
                        folder.toString(),
                        "stay")
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
        try {
            String number = child.inputReader().readLine();
            assertThat(number).isEqualTo(String.valueOf(child.pid()));
            assertThatThrownBy(() -> Claim.of(folder, "run"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the run " + folder + " is being run by another process, number " + number);
        } finally {
            child.destroyForcibly().waitFor();
        }
        List<String> told = new ArrayList<>();
        try (Claim claim = Claim.await(folder, told::add)) {
            assertThat(told).isEmpty();
            assertThat(claim.folder()).isEqualTo(folder);
        }
    }

    @Test
    void aSecondTryOfTheSameProcessIsRefusedAndTakesNothingFromTheFirst() throws Exception {
        String number = String.valueOf(ProcessHandle.current().pid());
        try (Claim claim = Claim.of(folder, "sweep")) {
            assertThatThrownBy(() -> Claim.of(folder.resolve("../" + folder.getFileName()), "sweep"))
                    .hasMessageEndingWith(" is being run by another process, number " + number);
            assertThatThrownBy(() -> Claim.await(folder, waiting -> {})).isInstanceOf(IOException.class);
            List<String> child = new ChildJvm(Child.class, folder.resolve("errors.txt")).run(2, folder.toString());
            assertThat(child).singleElement().asString().endsWith("by another process, number " + number);
        }
        Claim.of(folder, "sweep").close();
    }
}
