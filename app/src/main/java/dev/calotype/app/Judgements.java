package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.judge.Judgement;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judgements as sentences, results and files. */
final class Judgements {
    private Judgements() {}

    static String sentence(Judgement j) {
        List<String> parts = new ArrayList<>();
        if (j.fid() != null) parts.add(format("FID %.3f", j.fid()));
        if (j.fidInfinity() != null)
            parts.add(format(
                    "FID-infinity %.3f (standard error %.3f)",
                    j.fidInfinity().value(), j.fidInfinity().standardError()));
        if (j.kid() != null) parts.add(format("KID %.4f [%.4f, %.4f]", j.kid(), j.kidLow(), j.kidHigh()));
        if (j.mmd() != null)
            parts.add(
                    format("MMD %.5f (bandwidth %.3g)", j.mmd().value(), j.mmd().bandwidth()));
        if (j.precision() != null)
            parts.add(format(
                    "precision %.3f, recall %.3f, density %.3f, coverage of neighbours %.3f",
                    j.precision(), j.recall(), j.density(), j.neighbourCoverage()));
        if (j.inceptionScore() != null)
            parts.add(format(
                    "Inception Score %.3f (deviation %.3f)",
                    j.inceptionScore().mean(), j.inceptionScore().deviation()));
        if (j.coverage() != null)
            parts.add(format("coverage %.1f %% (even %.1f %%)", 100 * j.coverage(), 100 * j.evenCoverage()));
        if (j.entropy() != null) parts.add(format("class entropy %.3f nats", j.entropy()));
        if (j.diversity() != null)
            parts.add(format(
                    "diversity %.3f (real %.3f)",
                    j.diversity().featureDistance(), j.diversity().realFeatureDistance()));
        if (j.memorization() != null)
            parts.add(format(
                    "authenticity %.3f, copies %.3f",
                    j.memorization().authenticity(), j.memorization().copies()));
        if (j.pairs() != null) parts.add(pairs(j.pairs()));
        String seen = j.network() == null ? "" : format(" on %d images (%s %s)", j.images(), j.network(), j.hash());
        return String.join(", ", parts) + seen;
    }

    private static String pairs(Judgement.Pairs p) {
        List<String> parts = new ArrayList<>();
        if (p.psnr() != null) parts.add(format("PSNR %.3f dB", p.psnr()));
        if (p.ssim() != null) parts.add(format("SSIM %.4f", p.ssim()));
        if (p.ssimUniform() != null) parts.add(format("SSIM (uniform 7 x 7) %.4f", p.ssimUniform()));
        if (p.msSsim() != null) parts.add(format("MS-SSIM %.4f (%d scales)", p.msSsim(), p.msSsimScales()));
        if (p.lpips() != null) parts.add(format("LPIPS %.4f (%s)", p.lpips(), p.lpipsNetwork()));
        return String.join(", ", parts) + format(" over %d pairs", p.count());
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
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
