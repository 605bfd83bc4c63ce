package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a report looks in a browser. */
class ReportLookTest {
    @TempDir
    private Path folder;

    @Test
    void nothingIsCutOffInABrowserAndNothingComplains() throws Exception {
        Path run = Records.run(folder.resolve("a <run>-001"));
        Path sweep = Records.sweep(folder), study = Records.study(folder);
        Path other = Records.run(folder.resolve("a run with a name as long as people give to experiments, or longer"));
        Path out = Report.write(List.of(run, other, sweep, study), ReportFormat.HTML, folder.resolve("all.html"));
        String keep = System.getProperty("calotype.screenshots", "");
        try (Browser browser = new Browser(folder)) {
            for (int width : new int[] {375, 1280})
                for (String scheme : List.of("light", "dark")) {
                    browser.open(out, width, scheme);
                    assertThat(browser.evaluate("innerWidth").asInt()).isEqualTo(width);
                    assertThat(browser.evaluate("document.documentElement.scrollWidth")
                                    .asInt())
                            .as("width of the page at %d px", width)
                            .isLessThanOrEqualTo(width);
                    assertThat(browser.evaluate(CUT_OFF))
                            .as("cut off at %d px", width)
                            .isEmpty();
                    assertThat(browser.evaluate(CUT_IN_CURVES))
                            .as("cut off in curves at %d px", width)
                            .isEmpty();
                    assertThat(browser.evaluate("[...document.images].filter(i => !i.naturalWidth).length")
                                    .asInt())
                            .isZero();
                    assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor")
                                    .asText())
                            .isEqualTo(scheme.equals("dark") ? "rgb(25, 26, 27)" : "rgb(255, 255, 255)");
                    if (!keep.isEmpty())
                        Files.write(Path.of(keep, width + "-" + scheme + ".png"), browser.screenshot());
                }
            byte[] pdf = browser.pdf();
            if (!keep.isEmpty()) Files.write(Path.of(keep, "print.pdf"), pdf);
            assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** Elements that reach beyond the window, but for those inside a box that scrolls. */
    private static final String CUT_OFF =
            "[...document.body.querySelectorAll('*')].filter(e => !e.closest('.scroll') && !e.closest('pre')"
                    + " && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80))";

    /** Texts of curves that reach beyond their drawing. */
    private static final String CUT_IN_CURVES =
            "[...document.querySelectorAll('svg text')].filter(t => { const b = t.getBBox();"
                    + " const v = t.ownerSVGElement.viewBox.baseVal; return b.x < -0.5 || b.x + b.width > v.width + 0.5"
                    + " || b.y + b.height > v.height + 4 }).map(t => t.textContent)";
}
