package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.CsvText;
import dev.calotype.judge.Judgement;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        if (j.room() != null) parts.add(format("%.1f %% of a room", 100 * j.room()));
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
        else if (p.identical() > 0)
            parts.add(format("PSNR infinite (%d of %d pairs identical%s)", p.identical(), p.count(), others(p)));
        if (p.ssim() != null) parts.add(format("SSIM %.4f", p.ssim()));
        if (p.ssimUniform() != null) parts.add(format("SSIM (uniform 7 x 7) %.4f", p.ssimUniform()));
        if (p.msSsim() != null) parts.add(format("MS-SSIM %.4f (%d scales)", p.msSsim(), p.msSsimScales()));
        if (p.lpips() != null) parts.add(format("LPIPS %.4f (%s)", p.lpips(), p.lpipsNetwork()));
        return String.join(", ", parts)
                + format(" over %d pairs of %s pixels, paired by %s", p.count(), p.size(), p.pairedBy());
    }

    private static String others(Judgement.Pairs p) {
        return p.psnrOfOthers() == null ? "" : format(", the others %.3f dB", p.psnrOfOthers());
    }

    /** The numbers of a judgement as a line of names and one of values. */
    static String csv(Judgement judgement) {
        List<String> names = new ArrayList<>(), values = new ArrayList<>();
        flatten("", new ObjectMapper().valueToTree(judgement), names, values);
        return CsvText.of(List.of(names, values));
    }

    private static void flatten(String prefix, JsonNode node, List<String> names, List<String> values) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = prefix + field.getKey();
            if (field.getValue().isObject()) flatten(name + ".", field.getValue(), names, values);
            else if (field.getValue().isValueNode()) {
                names.add(name);
                values.add(field.getValue().asText());
            }
        }
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    /** Keeps a judgement in its run and brings the report up to date. */
    static void write(RunDirectory run, Judgement judgement) throws IOException {
        run.write(run.evaluationFile(), judgement);
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
