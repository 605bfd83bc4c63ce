package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium of the system that looks at the pages of a studio; all that its consoles complain of is kept. */
final class Pages implements AutoCloseable {
    private static final double PATIENCE = 120_000;
    private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

    private final Playwright playwright;
    private final Browser browser;
    private final String url;
    private final List<String> complaints = new ArrayList<>();

    /** Starts a browser; skips the running test where there is none. */
    Pages(String url) {
        this.url = url;
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium())
                        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-background-networking")));
    }

    /** Where the browser of this machine is. */
    static Path chromium() {
        Path found = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(found != null, "no Chromium on this machine: the pages of the studio are not tested");
        return found;
    }

    /** Somebody's browser, with nothing in its memory. */
    Page visitor() {
        Page page = browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 800))
                .newPage();
        page.setDefaultTimeout(PATIENCE);
        page.onConsoleMessage(message -> {
            boolean refused = message.text().startsWith("Failed to load resource");
            if (List.of("error", "warning").contains(message.type()) && !refused) complaints.add(message.text());
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** One that axe can be brought to, which the policy of the pages forbids. */
    Page examined(int width, ColorScheme scheme) {
        Page page = browser.newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, 800)
                        .setColorScheme(scheme)
                        .setBypassCSP(true))
                .newPage();
        page.setDefaultTimeout(PATIENCE);
        return page;
    }

    /** Goes to a room and waits until it is there. */
    Page open(Page page, String room) {
        page.navigate(url + "/#/" + room);
        page.waitForSelector("#main[data-ready=\"" + room.replaceFirst("\\?.*", "") + "\"]");
        return page;
    }

    /** The serious and critical faults that axe finds. */
    static List<?> faults(Page page) throws IOException {
        try (InputStream in = Pages.class.getResourceAsStream(AXE)) {
            page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>) page.evaluate("async () => (await axe.run()).violations"
                + ".filter(v => ['serious', 'critical'].includes(v.impact))"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))");
    }

    void requireNoComplaints() {
        assertThat(complaints).isEmpty();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
