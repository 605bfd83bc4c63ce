package dev.calotype.studio.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.JobQueue.Submitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is promised of jobs, whatever they do. */
class JobQueueTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    private Path home;

    private final List<List<String>> done = Collections.synchronizedList(new ArrayList<>());
    private CountDownLatch gate;
    private CountDownLatch begun;
    private JobQueue queue;

    @BeforeEach
    void opened() throws IOException {
        gate = new CountDownLatch(1);
        begun = new CountDownLatch(1);
        queue = queue(3);
    }

    @AfterEach
    void closed() throws IOException {
        gate.countDown();
        queue.close();
    }

    private JobQueue queue(int capacity) throws IOException {
        JobQueue made = new JobQueue(home, capacity, 0);
        made.add(new NoteType());
        return made;
    }

    @Test
    void ofMoreResultsThanAreKeptTheOldestGo() throws Exception {
        Path folder = Files.createDirectories(home.resolve("made"));
        Results results = new Results(folder, 250);
        for (String job : List.of("old", "older", "open", "new")) made(folder, job);
        Files.setLastModifiedTime(folder.resolve("older"), FileTime.fromMillis(1000));
        Files.setLastModifiedTime(folder.resolve("old"), FileTime.fromMillis(2000));
        results.ended("new", Set.of("open"));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("old", "open", "new");
        made(folder, "newer");
        results.ended("newer", Set.of("open"));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("open", "new", "newer");
        Files.write(Files.createDirectory(folder.resolve("huge")).resolve("0.png"), new byte[1000]);
        results.ended("huge", Set.of("open"));
        results.ended("none", Set.of("open"));
        assertThat(folder.toFile().list()).as("the last stays").containsExactlyInAnyOrder("open", "huge");
    }

    @Test
    void aJobThatEndsMakesRoomForItsResults() throws Exception {
        queue.close();
        queue = new JobQueue(home, 3, 1);
        queue.add(new NoteType());
        Submitted first = put("a"), second = put("b");
        queue.start(() -> {}, () -> {}, NEVER);
        over(second.id());
        assertThat(home.resolve("results").toFile().list()).containsExactly(second.id());
        assertThat(state(queue.view(first.id()))).as("history stays").isEqualTo("done");
    }

    private static void made(Path folder, String job) throws IOException {
        Files.write(Files.createDirectory(folder.resolve(job)).resolve("0.png"), new byte[100]);
    }

    /** Jobs that write their name down; those called "wait" stop at the gate first, and "fail" fails. */
    private class NoteType implements JobType {
        @Override
        public String name() {
            return "note";
        }

        @Override
        public Work check(ObjectNode request) {
            String name = new Fields(request).requireText("name");
            return new Work() {
                @Override
                public String title() {
                    return name;
                }

                @Override
                public Optional<String> model() {
                    return Optional.empty();
                }

                @Override
                public boolean isRepeatable() {
                    return !name.equals("once");
                }

                @Override
                public Optional<Object> together() {
                    if (name.equals("asks the engine")) throw new NoClassDefFoundError("no natives");
                    if (name.equals("cannot say")) throw new IllegalArgumentException("this cannot be asked for");
                    return name.startsWith("same") ? Optional.of("same") : Optional.empty();
                }

                @Override
                public Outcome run(JobRun run) throws Exception {
                    runAll(List.of(new Turn(this, run, () -> {})));
                    return run.memory().has("pause") ? Outcome.PAUSED : Outcome.DONE;
                }

                @Override
                public void runAll(List<Turn> turns) throws Exception {
                    if (name.startsWith("counts")) {
                        turns.get(0).run().progress(2, 4, "steps");
                        turns.get(0).run().progress(1, 4, "pictures");
                    }
                    begun.countDown();
                    if (name.equals("cannot say")) together();
                    if (name.equals("too deep")) throw new StackOverflowError();
                    if (name.equals("not as asserted")) throw new AssertionError("never");
                    if (name.endsWith("wait")) gate.await();
                    if (name.equals("until cancelled"))
                        while (!turns.get(0).run().isCancelled()) Thread.onSpinWait();
                    turns.get(0).run().check();
                    if (name.equals("fail of a file"))
                        throw new IOException(home.resolve("uploads/1") + " cannot be read");
                    if (name.equals("fail for want of memory"))
                        throw new IllegalStateException(
                                "can't allocate memory: you tried to allocate 1048576000 bytes");
                    if (name.equals("fail")) throw new IOException("it failed as it was told");
                    done.add(turns.stream().map(turn -> turn.work().title()).toList());
                    for (Turn turn : turns) {
                        if (turn.work().title().endsWith("at the gate")) gate.await();
                        if (turn.work().title().endsWith("fail last")) throw new IOException("the last one fails");
                        turn.run().result(new byte[] {1, 2}, "bin", JsonNodeFactory.instance.objectNode());
                        turn.over().run();
                    }
                }
            };
        }
    }

    private Submitted put(String name) throws IOException {
        return queue.submit("note", JsonNodeFactory.instance.objectNode().put("name", name));
    }

    private ObjectNode over(String id) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        queue.whenOver(id, over::countDown);
        assertThat(over.await(300, TimeUnit.SECONDS)).isTrue();
        return queue.view(id);
    }

    private static String state(ObjectNode job) {
        return job.path("state").asText();
    }

    @Test
    void whoIsDoneSoonerOfSeveralAtOnceIsOverWhileOthersAreNot() throws Exception {
        Submitted first = put("same"), last = put("same at the gate");
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(state(over(first.id()))).isEqualTo("done");
        assertThat(state(queue.view(last.id()))).isEqualTo("running");
        gate.countDown();
        assertThat(state(over(last.id()))).isEqualTo("done");
        assertThat(done).containsExactly(List.of("same", "same at the gate"));
    }

    @Test
    void whoWasDoneStaysSoWhenOthersOfSeveralFail() throws Exception {
        Submitted first = put("same"), last = put("same, fail last");
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(state(over(last.id()))).isEqualTo("failed");
        assertThat(state(over(first.id()))).isEqualTo("done");
        assertThat(Files.readAllBytes(queue.result(first.id(), 0))).containsExactly(1, 2);
        assertThat(done).containsExactly(List.of("same", "same, fail last"), List.of("same, fail last"));
    }

    @Test
    void jobsAreDoneInTheirOrderAndLeaveTheirFiles() throws Exception {
        Submitted first = put("a"), second = put("b");
        assertThat(first.position()).isEqualTo(1);
        assertThat(second.position()).isEqualTo(2);
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(state(over(second.id()))).isEqualTo("done");
        assertThat(done).containsExactly(List.of("a"), List.of("b"));
        assertThat(Files.readAllBytes(queue.result(first.id(), 0))).containsExactly(1, 2);
        assertThatThrownBy(() -> queue.result(first.id(), 1)).isInstanceOf(Refusal.class);
        assertThat(queue.latest(10, ""))
                .extracting(job -> job.path("title").asText())
                .containsExactly("b", "a");
        assertThat(queue.latest(10, second.id()))
                .extracting(job -> job.path("title").asText())
                .containsExactly("a");
        assertThatThrownBy(() -> queue.latest(10, "none")).hasMessage("there is no job none");
    }

    @Test
    void whatMayBeDoneAtOnceIsAndTheOrderOfTheRestStays() throws Exception {
        queue.close();
        queue = queue(10);
        put("same 1");
        put("other");
        Submitted last = put("same 2");
        queue.start(() -> {}, () -> {}, NEVER);
        over(last.id());
        Submitted end = put("end");
        over(end.id());
        assertThat(done).containsExactly(List.of("same 1", "same 2"), List.of("other"), List.of("end"));
    }

    @Test
    void whoHasNothingToDoRestsOnceUntilThereIsWorkAgain() throws Exception {
        Semaphore rests = new Semaphore(0);
        queue.start(() -> {}, rests::release, Duration.ZERO);
        assertThat(rests.tryAcquire(300, TimeUnit.SECONDS)).isTrue();
        over(put("a").id());
        assertThat(rests.tryAcquire(300, TimeUnit.SECONDS)).isTrue();
        queue.close();
        assertThat(rests.availablePermits()).isZero();
    }

    @Test
    void aFullQueueSaysSo() throws Exception {
        for (int i = 0; i < 3; i++) put("a");
        assertThatThrownBy(() -> put("a")).isInstanceOfSatisfying(Refusal.class, full -> assertThat(full.status())
                .isEqualTo(429));
    }

    @Test
    void aFailureIsToldAndTheNextJobIsDone() throws Exception {
        Submitted fails = put("fail"), next = put("next");
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(state(over(next.id()))).isEqualTo("done");
        assertThat(queue.view(fails.id()).path("message").asText()).isEqualTo("it failed as it was told");
    }

    @Test
    void aFailureIsToldWithoutTheFoldersOfTheStudio() throws Exception {
        Submitted fails = put("fail of a file");
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(over(fails.id()).path("message").asText()).isEqualTo("uploads/1 cannot be read");
    }

    @Test
    void aFailureOfTheEngineToGetMemoryIsToldInOneSentence() throws Exception {
        Submitted fails = put("fail for want of memory");
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(over(fails.id()).path("message").asText())
                .startsWith("there was not enough memory: the engine wanted 1000 MB more");
    }

    @Test
    void whateverAWorkThrowsFailsItAloneAndTheThreadGoesOn() throws Exception {
        queue.close();
        queue = queue(10);
        Submitted before = put("same"), poison = put("cannot say");
        Submitted deep = put("too deep"), wrong = put("not as asserted"), next = put("same as before");
        queue.close();
        queue = queue(10);
        queue.start(
                () -> {},
                () -> {
                    throw new IllegalStateException("no rest");
                },
                Duration.ZERO);
        assertThat(state(over(next.id()))).isEqualTo("done");
        assertThat(state(over(before.id()))).isEqualTo("done");
        assertThat(over(poison.id()).path("message").asText()).isEqualTo("this cannot be asked for");
        for (Submitted thrown : List.of(deep, wrong))
            assertThat(state(over(thrown.id()))).isEqualTo("failed");
        assertThat(state(over(put("after a rest").id()))).isEqualTo("done");
        assertThat(queue.trouble()).isEmpty();
        queue.close();
        assertThat(queue.trouble()).contains("a thread that does jobs has ended");
    }

    @Test
    void anEngineThatDoesNotStartFailsItsJobs() throws Exception {
        Submitted job = put("asks the engine");
        queue.start(
                () -> {
                    throw new IllegalStateException("no natives");
                },
                () -> {},
                Duration.ZERO);
        ObjectNode failed = over(job.id());
        assertThat(state(failed)).isEqualTo("failed");
        assertThat(failed.path("message").asText()).isEqualTo("the engine does not start: no natives");
    }

    @Test
    void onlyItsOwnerCancelsAJobWhetherItWaitsOrRuns() throws Exception {
        Submitted running = put("until cancelled"), waiting = put("b");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        assertThatThrownBy(() -> queue.cancel(waiting.id(), running.token()))
                .isInstanceOfSatisfying(
                        Refusal.class, no -> assertThat(no.status()).isEqualTo(403));
        assertThatThrownBy(() -> queue.cancel(waiting.id(), null)).isInstanceOf(Refusal.class);
        queue.cancel(waiting.id(), waiting.token());
        assertThat(state(queue.view(waiting.id()))).isEqualTo("cancelled");
        queue.cancel(running.id(), running.token());
        assertThat(state(over(running.id()))).isEqualTo("cancelled");
        assertThat(done).isEmpty();
    }

    @Test
    void whoseOwnerWentAwayIsEndedUnlessSomebodyListens() throws Exception {
        Submitted job = put("a");
        Listener listener = queue.listen(job.id());
        queue.leave(job.id(), job.token());
        assertThat(state(queue.view(job.id()))).isEqualTo("queued");
        listener.close();
        assertThat(listener.next(0)).as("what was told before").isPresent();
        assertThat(listener.isOver()).isTrue();
        assertThatThrownBy(() -> queue.leave(job.id(), "another")).isInstanceOf(Refusal.class);
        queue.leave(job.id(), job.token());
        assertThat(state(queue.view(job.id()))).isEqualTo("cancelled");
    }

    @Test
    void whatIsLeftOfAPartIsNotTakenFromAnother() throws Exception {
        Submitted job = put("counts and wait");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        assertThat(queue.view(job.id()).path("progress").toString())
                .isEqualTo("{\"done\":1,\"of\":4,\"unit\":\"pictures\"}");
    }

    @Test
    void aJobThatWaitsCanBePausedAndGoesOn() throws Exception {
        Submitted job = put("a");
        queue.pause(job.id(), job.token());
        Submitted other = put("b");
        queue.start(() -> {}, () -> {}, NEVER);
        over(other.id());
        assertThat(state(queue.view(job.id()))).isEqualTo("paused");
        queue.resume(job.id(), job.token());
        assertThat(state(over(job.id()))).isEqualTo("done");
        assertThatThrownBy(() -> queue.resume(job.id(), job.token())).hasMessageContaining("only a paused job goes on");
    }

    @Test
    void whoListensSeesWhatIsAndWhatBecomesOfIt() throws Exception {
        Submitted job = put("wait");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        try (Listener listener = queue.listen(job.id())) {
            assertThat(listener.next(60).orElseThrow().data().path("state").asText())
                    .isEqualTo("running");
            gate.countDown();
            assertThat(listener.next(60).orElseThrow().type()).isEqualTo("result");
            assertThat(listener.next(60).orElseThrow().data().path("state").asText())
                    .isEqualTo("done");
            assertThat(listener.next(60)).isEmpty();
            assertThat(listener.isOver()).isTrue();
        }
        try (Listener late = queue.listen(job.id())) {
            assertThat(late.next(60).orElseThrow().data().path("state").asText())
                    .isEqualTo("done");
            assertThat(late.next(60).orElseThrow().type()).isEqualTo("result");
            assertThat(late.isOver()).isTrue();
        }
    }

    @Test
    void whatWaitedIsDoneByTheNextProcess() throws Exception {
        Submitted job = put("a");
        queue.close();
        queue = queue(3);
        queue.start(() -> {}, () -> {}, NEVER);
        assertThat(state(over(job.id()))).isEqualTo("done");
        queue.close();
        queue = queue(3);
        assertThat(state(queue.view(job.id()))).as("history stays").isEqualTo("done");
    }

    @Test
    void whatIsEndedByAShutdownIsDoneByTheNextProcess() throws Exception {
        Submitted job = put("until cancelled");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        queue.close(Duration.ofMillis(1));
        queue = queue(3);
        assertThat(state(queue.view(job.id()))).isEqualTo("queued");
        queue.cancel(job.id(), job.token());
    }

    @Test
    void whatIsCancelledWhileItIsTakenUpStaysCancelled() throws Exception {
        Submitted job = put("a"), other = put("b");
        queue.close();
        queue = new JobQueue(home, 3, 0);
        queue.add(new NoteType() {
            @Override
            public Work check(ObjectNode request) {
                if (request.path("name").asText().equals("a")) {
                    queue.pause(job.id(), job.token()); // as the web may, whenever it likes
                    queue.cancel(job.id(), job.token());
                }
                return super.check(request);
            }
        });
        queue.start(() -> {}, () -> {}, NEVER);
        over(other.id());
        assertThat(state(queue.view(job.id()))).isEqualTo("cancelled");
        assertThat(done).containsExactly(List.of("b"));
    }

    @Test
    void whatIsPausedOrLetGoOnBeforeItIsTakenUpStaysSo() throws Exception {
        Submitted paused = put("a"), goesOn = put("b");
        queue.close();
        queue = queue(3);
        queue.pause(paused.id(), paused.token());
        queue.pause(goesOn.id(), goesOn.token());
        queue.resume(goesOn.id(), goesOn.token());
        queue.start(() -> {}, () -> {}, NEVER);
        over(goesOn.id());
        assertThat(state(queue.view(paused.id()))).isEqualTo("paused");
    }

    @Test
    void oneOfSeveralThatAreDoneAtOnceIsOverWhenItIsCancelled() throws Exception {
        Submitted first = put("same wait"), second = put("same wait");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        queue.cancel(second.id(), second.token());
        assertThat(state(queue.view(second.id()))).isEqualTo("cancelled");
        String ended = queue.view(second.id()).path("ended").asText();
        gate.countDown();
        assertThat(state(over(first.id()))).isEqualTo("done");
        assertThat(state(queue.view(second.id()))).isEqualTo("cancelled");
        assertThat(queue.view(second.id()).path("results")).isEmpty();
        assertThat(queue.view(second.id()).path("ended").asText()).isEqualTo(ended);
    }

    @Test
    void whatIsOverStaysAsItIs() throws Exception {
        try (JobStore store = new JobStore(Files.createDirectory(home.resolve("other")))) {
            JobBook book = new JobBook(new Results(home, 0), store);
            for (State state : State.values()) {
                if (!state.isOver()) continue;
                Job over = new Job(state.word(), "note", JsonNodeFactory.instance.objectNode(), "", Instant.now());
                book.enqueue(over);
                book.end(over, state, "");
                assertThatThrownBy(() -> book.enqueue(over)).hasMessageContaining("is over: " + state.word());
                assertThatThrownBy(() -> book.pause(over)).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> book.end(over, State.DONE, "")).isInstanceOf(IllegalStateException.class);
            }
            assertThat(store.open()).isEmpty();
        }
    }

    @Test
    void whatWaitsHasItsPlaceRightAfterAStart() throws Exception {
        Submitted first = put("a"), second = put("b");
        queue.close();
        queue = queue(3);
        queue.takeUp();
        assertThat(queue.view(first.id()).path("position").asInt()).isEqualTo(1);
        assertThat(queue.view(second.id()).path("position").asInt()).isEqualTo(2);
    }

    @Test
    void whatWasAcceptedIsInTheFileAtOnce() throws Exception {
        Submitted job = put("a");
        Path left = Files.createDirectory(home.resolve("left by a kill"));
        Files.copy(home.resolve("jobs.mv.db"), left.resolve("jobs.mv.db"));
        try (JobStore store = new JobStore(left)) {
            assertThat(store.open()).extracting(open -> open.id).containsExactly(job.id());
        }
    }

    @Test
    void whatCannotBeWrittenDownLosesNoAnswerAndIsWrittenOnceItCan() throws Exception {
        Submitted job = put("wait"), cancelled = put("b");
        queue.start(() -> {}, () -> {}, NEVER);
        begun.await();
        try (Listener listener = queue.listen(job.id());
                BrokenStore broken = BrokenStore.of(home)) {
            queue.cancel(cancelled.id(), cancelled.token());
            gate.countDown();
            assertThat(state(over(job.id()))).isEqualTo("done");
            assertThat(Files.readAllBytes(queue.result(job.id(), 0))).containsExactly(1, 2);
            while (!listener.isOver()) assertThat(listener.next(60)).isPresent();
            assertThat(queue.trouble())
                    .hasValueSatisfying(said -> assertThat(said).contains("cannot be written down"));
            assertThatThrownBy(() -> put("another"))
                    .isInstanceOfSatisfying(
                            Refusal.class, no -> assertThat(no.status()).isEqualTo(503))
                    .hasMessageNotContaining(home.toString());
        }
        assertThat(queue.trouble()).isEmpty();
        assertThat(state(over(put("next").id()))).isEqualTo("done");
        queue.close();
        queue = queue(3);
        assertThat(state(queue.view(job.id()))).isEqualTo("done");
        assertThat(state(queue.view(cancelled.id()))).isEqualTo("cancelled");
        assertThat(queue.latest(10, ""))
                .extracting(view -> view.path("title").asText())
                .doesNotContain("another");
    }

    /** What a killed process leaves: a job that runs. */
    private String killed(String name, int attempts) throws IOException {
        queue.close();
        Job job = new Job(
                name.replace(' ', '-'),
                "note",
                JsonNodeFactory.instance.objectNode().put("name", name),
                Job.hash("token"),
                Instant.now());
        job.state = State.RUNNING;
        job.attempts = attempts;
        try (JobStore store = new JobStore(home)) {
            store.put(job);
        }
        queue = queue(3);
        queue.start(() -> {}, () -> {}, NEVER);
        return job.id;
    }

    @Test
    void whatRanWhenTheProcessWasKilledIsTriedOnceMore() throws Exception {
        assertThat(state(over(killed("a", 1)))).isEqualTo("done");
        assertThat(done).containsExactly(List.of("a"));
    }

    @Test
    void whatKilledTheProcessTwiceIsMarked() throws Exception {
        ObjectNode job = over(killed("a", 2));
        assertThat(state(job)).isEqualTo("interrupted");
        assertThat(job.path("message").asText()).isEqualTo("the process ended while it ran");
        assertThat(done).isEmpty();
    }

    @Test
    void whatMustNotBeRepeatedIsMarked() throws Exception {
        assertThat(state(over(killed("once", 1)))).isEqualTo("interrupted");
    }

    @Test
    void aSecondStudioInTheSameHomeIsRefused() {
        assertThatThrownBy(() -> queue(3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is being run by another process");
    }
}
