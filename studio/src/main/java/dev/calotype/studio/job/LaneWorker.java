package dev.calotype.studio.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The thread of a lane, which goes on whatever a work throws.
 *
 * @param prepare what it does first
 * @param rest what it does once whenever nothing came to do for {@code idle}
 */
record LaneWorker(JobBook book, Lane lane, Runnable prepare, Runnable rest, Duration idle) implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LaneWorker.class);

    @Override
    public void run() {
        Throwable broken = prepared();
        try {
            for (List<Job> jobs = next(broken == null); !jobs.isEmpty(); jobs = next(broken == null))
                if (broken == null) perform(jobs);
                else for (Job job : jobs) book.finish(job, Work.Outcome.DONE, broken);
        } catch (InterruptedException e) {
            LOG.debug("the thread of {} ends", lane);
        }
    }

    private List<Job> next(boolean works) throws InterruptedException {
        if (works && book.rests(lane, idle)) restOnce();
        return book.next(lane, works); // works may ask the engine whether they are done at once
    }

    private void restOnce() {
        try {
            rest.run();
        } catch (Throwable e) {
            LOG.warn("the thread of {} cannot rest", lane, e);
        }
    }

    /** Why nothing can be done; null if all is well. */
    private Throwable prepared() {
        try {
            prepare.run();
            return null;
        } catch (Throwable e) {
            LOG.warn("the engine does not start", e);
            return new Refusal(503, "no_engine", "the engine does not start: " + e.getMessage());
        }
    }

    private void perform(List<Job> jobs) {
        if (jobs.size() > 1 && performTogether(jobs)) return;
        for (Job job : jobs) {
            RunningJob running = job.running;
            try {
                running.check();
                book.finish(job, job.work.run(running), null);
            } catch (Throwable e) {
                book.finish(job, Work.Outcome.DONE, e);
            }
        }
    }

    /** Whether it succeeded; otherwise each that is left in {@code jobs} is to be done alone. */
    private boolean performTogether(List<Job> jobs) {
        try {
            List<Work.Turn> turns = new ArrayList<>();
            for (Job job : jobs)
                turns.add(new Work.Turn(job.work, job.running, () -> {
                    jobs.remove(job);
                    book.finish(job, Work.Outcome.DONE, null);
                }));
            jobs.get(0).work.runAll(turns);
            for (Job job : jobs) book.finish(job, Work.Outcome.DONE, null);
            return true;
        } catch (Throwable e) {
            Level level = !(e instanceof CancellationException) && JobBook.isUnexpected(e) ? Level.WARN : Level.DEBUG;
            LOG.atLevel(level).setCause(e).log("{} jobs failed together and are done one by one", jobs.size());
            jobs.forEach(book::forgetResults);
            return false;
        }
    }
}
