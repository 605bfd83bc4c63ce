package dev.calotype.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.io.HeapFullException;
import dev.calotype.isolation.Caller.Call;
import dev.calotype.isolation.Quick.What;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IsolationTest {
    private static final int LONG = 600, PATIENCE_MILLISECONDS = 120_000;

    private final Isolation isolation = new Isolation(OwnJava::command, 2, Duration.ofHours(1));
    private final ExecutorService askers = Executors.newFixedThreadPool(2);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLISECONDS);
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        askers.shutdownNow();
        isolation.waiting().forEach(ProcessHandle::destroyForcibly);
    }

    private Future<Long> asked(int seconds) {
        Caller caller = new Caller(server.getLocalPort(), seconds);
        return askers.submit(() -> isolation.done(caller));
    }

    private static String done(Isolation isolation, What what) throws IOException {
        return isolation.done(new Quick(what));
    }

    @Test
    void aProcessOfItsOwnIsKeptForTheNextWork() throws IOException {
        String first = done(isolation, What.TELLS_ITS_PROCESS);
        assertThat(first).isNotEqualTo(Quick.own());
        assertThat(done(isolation, What.TELLS_ITS_PROCESS)).isEqualTo(first);
        assertThat(isolation.waiting()).hasSize(1);
    }

    @Test
    void aProcessWithoutWorkIsEnded() throws Exception {
        Isolation impatient = new Isolation(OwnJava::command, 1, Duration.ofMillis(100));
        ProcessHandle process = ProcessHandle.of(Long.parseLong(done(impatient, What.TELLS_ITS_PROCESS)))
                .orElse(null);
        if (process != null) process.onExit().get(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS);
        assertThat(impatient.waiting()).isEmpty();
    }

    @Test
    void aProcessThatIsKilledCostsOneSentenceAndTheNextIsRead() throws Exception {
        Future<Long> killed = asked(LONG);
        try (Call call = Call.accepted(server)) {
            call.process().destroyForcibly();
            assertThatThrownBy(killed::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("the caller was killed while reading it, perhaps for want of memory");
        }
        Future<Long> next = asked(LONG);
        try (Call call = Call.accepted(server)) {
            call.say(Caller.ENOUGH);
            assertThat(next.get()).isEqualTo(call.process().pid());
        }
    }

    @Test
    void aProcessThatEndsCostsOneSentence() throws IOException {
        assertThatThrownBy(() -> done(isolation, What.ENDS_ITS_PROCESS))
                .isInstanceOf(IOException.class)
                .hasMessage("the test ended while reading it (exit code 5); it is damaged or hostile");
        assertThat(done(isolation, What.TELLS_ITS_PROCESS)).isNotEqualTo(Quick.own());
    }

    @Test
    void aProcessThatIsKilledWhileItWaitsCostsNothing() throws Exception {
        String first = done(isolation, What.TELLS_ITS_PROCESS);
        ProcessHandle waiting = isolation.waiting().get(0);
        waiting.destroyForcibly();
        waiting.onExit().get();
        assertThat(done(isolation, What.TELLS_ITS_PROCESS)).isNotIn(first, Quick.own());
    }

    @Test
    void aFileMayTakeALimitedTime() throws Exception {
        done(isolation, What.TELLS_ITS_PROCESS);
        ProcessHandle process = isolation.waiting().get(0);
        assertThatThrownBy(asked(1)::get)
                .cause()
                .hasMessage("the caller was ended after 1 seconds of reading it; it is damaged or hostile");
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void eachThreadThatWaitsHasAProcess() throws Exception {
        Future<Long> one = asked(LONG), other = asked(LONG);
        try (Call first = Call.accepted(server);
                Call second = Call.accepted(server)) {
            assertThat(first.process()).isNotEqualTo(second.process());
            first.say(Caller.ENOUGH);
            second.say(Caller.ENOUGH);
            assertThat(Set.of(one.get(), other.get()))
                    .containsExactlyInAnyOrder(
                            first.process().pid(), second.process().pid());
        }
        assertThat(isolation.waiting()).hasSize(2);
    }

    /** A terminal sends Ctrl-C to all processes of a program, which then wants to save what it has, and may need a picture for that. */
    @Test
    void aSignalDoesNotEndIt() throws Exception {
        Future<Long> asked = asked(LONG);
        try (Call call = Call.accepted(server)) {
            call.process().destroy();
            for (int i = 0; i < 1000; i++) {
                call.say(7);
                assertThat(call.hear()).isEqualTo(7);
            }
            call.say(Caller.ENOUGH);
            assertThat(asked.get()).isEqualTo(call.process().pid());
        }
    }

    /** In the middle of its work. */
    @Test
    void itEndsWhenTheProgramIsKilled() throws Exception {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process program = new ProcessBuilder(
                        java, "-cp", path, Program.class.getName(), String.valueOf(server.getLocalPort()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Call call = Call.accepted(server)) {
            assertThat(call.process().pid()).isNotEqualTo(program.pid());
            call.socket().setSoTimeout(PATIENCE_MILLISECONDS);
            program.destroyForcibly().waitFor();
            assertThat(hangsUp(call)).isTrue();
        } finally {
            program.destroyForcibly();
        }
    }

    private static boolean hangsUp(Call call) throws IOException {
        try {
            return call.hear() < 0;
        } catch (SocketException e) { // at once
            return true;
        }
    }

    /** A program that reads one file for ever. */
    static final class Program {
        public static void main(String[] port) throws IOException {
            Isolation.shared().done(new Caller(Integer.parseInt(port[0]), LONG));
        }
    }

    @Test
    void itIsToldNoSecrets() throws IOException {
        assertThat(System.getenv()).containsKey("HOME");
        assertThat(done(isolation, What.TELLS_ITS_ENVIRONMENT).split(" ")).isSubsetOf(Worker.KEPT);
    }

    @Test
    void whatItSaysIsNotBelievedWithoutABound() throws IOException {
        assertThatThrownBy(() -> done(isolation, What.FAILS_AT_LENGTH))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSize(WorkerMain.LONGEST));
        String same = done(isolation, What.TELLS_ITS_PROCESS);
        assertThatThrownBy(() -> done(isolation, What.ANSWERS_NONSENSE)).hasMessage("it has 2000000000 pixels");
        assertThat(isolation.waiting()).isEmpty();
        assertThat(done(isolation, What.TELLS_ITS_PROCESS)).isNotEqualTo(same);
    }

    @Test
    void aFullHeapIsNoFaultOfTheFile() {
        assertThatThrownBy(() -> done(isolation, What.FILLS_THE_HEAP)).isInstanceOf(HeapFullException.class);
    }

    @Test
    void whereNoProcessStartsTheWorkIsDoneHere() throws IOException {
        for (List<String> command : List.of(List.<String>of(), List.of("/nowhere/java"), List.of("true"))) {
            Isolation none = new Isolation(() -> command, 1, Duration.ofHours(1));
            assertThat(done(none, What.TELLS_ITS_PROCESS)).as("%s", command).isEqualTo(Quick.own());
        }
    }
}
