package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.experiment.Judgement;
import dev.calotype.experiment.RunDirectory;
import dev.calotype.report.Report;
import java.io.IOException;
import java.util.Locale;

/** Judgements as sentences, results and files. */
final class Judgements {
    private Judgements() {}

    static String sentence(Judgement j) {
        String modes = j.coverage() == null
                ? ""
                : String.format(
                        Locale.ROOT, ", coverage %.1f %% (even %.1f %%)", 100 * j.coverage(), 100 * j.evenCoverage());
        return String.format(
                Locale.ROOT,
                "FID %.3f, KID %.4f [%.4f, %.4f], precision %.3f, recall %.3f%s on %d images (%s %s)",
                j.fid(),
                j.kid(),
                j.kidLow(),
                j.kidHigh(),
                j.precision(),
                j.recall(),
                modes,
                j.images(),
                j.network(),
                j.hash());
    }

    /** Keeps a judgement in its run and brings the report up to date. */
    static void write(RunDirectory run, Judgement judgement) throws IOException {
        run.write(judgement);
        Report.write(run);
    }

    /** A judgement whose text is its sentence. */
    record Printed(@JsonUnwrapped Judgement judgement) {
        @Override
        public String toString() {
            return sentence(judgement);
        }
    }
}
