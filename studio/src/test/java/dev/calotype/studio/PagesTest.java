package dev.calotype.studio;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a studio in a browser, as a visitor meets them. */
@Tag("slow")
class PagesTest {
    private static final List<String> ROOMS = List.of("models", "draw", "restore", "train", "judge", "jobs");
    private static final int MOST_BYTES = 300_000;

    @TempDir
    private static Path folder;

    private static String homeBefore;
    private static Studio studio;
    private static Pages pages;

    @BeforeAll
    static void started() throws IOException {
        Pages.chromium();
        homeBefore = System.getProperty("calotype.home");
        System.setProperty("calotype.home", folder.toString());
        Path runs = Files.createDirectories(folder.resolve("runs"));
        TinyRuns.labelled(runs, "tiny");
        TrainingsTest.recipe(folder);
        studio = Studio.start(StudioSettings.of(folder.resolve("home"), runs)
                .atPort(0)
                .with(1, 0)
                .with(TrainingProcess.launcher()));
        pages = new Pages(studio.url());
    }

    @AfterAll
    static void stopped() throws IOException {
        if (pages != null) pages.close();
        if (studio != null) studio.close();
        if (homeBefore == null) System.clearProperty("calotype.home");
        else System.setProperty("calotype.home", homeBefore);
    }

    @AfterEach
    void nothingComplained() {
        pages.requireNoComplaints();
    }

    @Test
    void aPictureIsDrawnAndMadeAgain() throws IOException {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.fill("#seed", "7");
        page.click("#draw");
        assertThat(page.locator(".tile .open img")).hasCount(4);
        Picture third = picture(page, page.locator(".tile .open img").nth(2));
        page.locator(".tile .open").nth(2).click();
        assertThat(page.locator("#viewer .facts")).containsText("7");
        assertThat(page.locator("#viewer .facts")).containsText("Trained steps");
        page.keyboard().press("ArrowRight");
        assertThat(page.locator("#viewer h2")).hasText("4 of 4");
        page.keyboard().press("ArrowLeft");
        page.getByText("Make this again").click();
        assertThat(page.locator("#viewer")).not().isVisible();
        assertThat(page.locator("#seed")).hasValue("7");
        assertThat(page.getByText("from picture 2 of this seed on")).isVisible();
        page.click("#draw");
        assertThat(page.locator(".grid.of1 .open img")).hasCount(1);
        assertThat(picture(page, page.locator(".grid.of1 .open img"))).isEqualTo(third);
    }

    @Test
    void aPictureThatIsDroppedTellsHowItWasMade() {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.fill("#seed", "11");
        page.click("#draw");
        assertThat(page.locator(".tile .open img")).hasCount(4);
        pages.open(page, "models");
        String drop = "async (url) => { const file = new File([await (await fetch(url)).blob()], 'mine.png');"
                + " const data = new DataTransfer(); data.items.add(file);"
                + " document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) }";
        String job = (String) page.evaluate("JSON.parse(localStorage.getItem('calotype.drawing'))");
        page.evaluate(drop, "/api/jobs/" + job + "/results/1");
        assertThat(page.locator("#viewer h2")).hasText("mine.png");
        page.getByText("Make this again").click();
        assertThat(page.locator("#seed")).hasValue("11");
        assertThat(page.getByText("from picture 1 of this seed on")).isVisible();
    }

    @Test
    void aPictureIsAskedForAgainByAllThatItWasAskedForBy() throws IOException {
        String wish = "{\"model\":\"tiny-001\",\"class\":1,\"sampler\":\"ddim\",\"steps\":19,\"guidance\":7.25,"
                + "\"eta\":0.3,\"spacing\":\"trailing\",\"seed\":5,\"first\":3,\"count\":1}";
        String plain = "{\"model\":\"tiny-001\",\"steps\":250,\"seed\":6,\"first\":0,\"count\":1}";
        for (String asked : List.of(wish, plain)) {
            Page page = pages.open(pages.visitor(), "models");
            byte[] png = PngFile.encode(grey(8), Map.of("calotype", "{\"type\":\"draw\",\"request\":" + asked + "}"));
            page.evaluate(
                    "text => { const file = new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], 'mine.png');"
                            + " const data = new DataTransfer(); data.items.add(file);"
                            + " document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) }",
                    Base64.getEncoder().encodeToString(png));
            page.getByText("Make this again").click();
            Request sent = page.waitForRequest("**/api/jobs", () -> page.click("#draw"));
            ObjectMapper json = new ObjectMapper();
            ObjectNode request = (ObjectNode) json.readTree(sent.postData());
            request.remove(List.of("type", "preview"));
            assertThat(request).isEqualTo(json.readTree(asked));
        }
    }

    @Test
    void whoHasTheKeyComesIn() throws IOException {
        StudioSettings settings = StudioSettings.of(folder.resolve("locked"), folder.resolve("runs"))
                .atPort(0)
                .withKey("a key of some length");
        try (Studio locked = Studio.start(settings)) {
            Page page = pages.visitor();
            page.navigate(locked.url() + "/#/models");
            page.fill("#api-key", "another key of some length");
            page.click("#notice button");
            assertThat(page.locator("#notice .problem")).containsText("not the key");
            page.fill("#api-key", "a key of some length");
            page.click("#notice button");
            assertThat(page.locator(".card").first()).isVisible();
        }
    }

    @Test
    void aPictureThatIsGoneIsToldInASentence() {
        Page page = pages.visitor();
        page.navigate(studio.url() + "/#/restore?image=" + "0".repeat(32));
        assertThat(page.locator(".problem")).containsText("not there any more");
    }

    @Test
    void twoPicturesAreWalkedBetween() throws IOException {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.click("#draw");
        assertThat(page.locator(".tile .pick")).hasCount(4);
        Picture from = picture(page, page.locator(".tile .open img").nth(1)),
                to = picture(page, page.locator(".tile .open img").nth(3));
        page.locator(".tile .pick").nth(0).click();
        page.locator(".tile .pick").nth(1).click();
        assertThat(page.locator(".grid + .bar").getByText("No way between pictures of another class (bright, dark)"))
                .isVisible();
        page.locator(".tile .pick").nth(3).click();
        page.click("#walk");
        assertThat(page.locator(".strip img")).hasCount(9);
        assertThat(largestDifference(picture(page, page.locator(".strip img").nth(0)), from))
                .isLessThanOrEqualTo(1);
        assertThat(largestDifference(picture(page, page.locator(".strip img").nth(8)), to))
                .isLessThanOrEqualTo(1);
        page.locator("#frame").focus();
        page.keyboard().press("End");
        assertThat(page.locator(".big img")).hasAttribute("alt", "Frame 9 of 9");
    }

    @Test
    void settingsAreComparedSideBySide() {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.click("#axes summary");
        page.getByLabel("Values across").fill("2, 3");
        page.getByLabel("Values down").fill("ddim, heun");
        page.click("#compare");
        assertThat(page.locator(".matrix img")).hasCount(4);
    }

    @Test
    void aWrongValueIsToldWhereItIs() {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.fill("#seed", "1.5");
        page.click("#draw");
        assertThat(page.locator("form .problem")).containsText("seed must be a whole number");
    }

    @Test
    void aFileThatIsNoPictureIsToldWhereOneLooks() {
        Page page = pages.visitor();
        page.setViewportSize(390, 420);
        pages.open(page, "restore");
        page.setInputFiles("#file", new FilePayload("room.png", "image/png", new byte[] {1, 2, 3}));
        assertThat(page.locator("form .problem")).containsText("this is not a file of a kind of picture that is known");
        assertThat(page.locator("form .problem")).isInViewport();
    }

    @Test
    void aMaskSurvivesAReloadAndIsFilled() throws IOException {
        Page page = painted();
        paint(page, 0.3, 0.2, 0.4);
        page.click("#undo");
        assertThat(page.locator("#redo")).isEnabled();
        page.reload();
        assertThat(page.locator("#redo")).isEnabled();
        assertThat(page.locator("#undo")).isEnabled();
        page.click("#restore");
        assertThat(page.locator("#before-after")).isVisible();
        byte[] made = page.request()
                .get(URI.create(studio.url())
                        .resolve(page.locator("#download").getAttribute("href"))
                        .toString())
                .body();
        assertThat(ImageFiles.decode(made, 3).width()).isEqualTo(48);
    }

    @Test
    void whatIsPaintedIsKeptHoweverSlowTheBrowserKeeps() throws IOException {
        Page page = painted();
        Page slow = pages.open(page.context().newPage(), "models");
        slow.evaluate("() => new Promise((resolve) => { const request = indexedDB.open('calotype', 1);"
                + " request.onsuccess = () => {"
                + " const store = request.result.transaction('kept', 'readwrite').objectStore('kept');"
                + " const ask = () => { store.get('mask').onsuccess = ask }; ask(); resolve() } })");
        page.bringToFront();
        paint(page, 0.3, 0.2, 0.4);
        page.click("#undo");
        page.reload();
        slow.close();
        assertThat(page.locator("#redo")).isEnabled();
    }

    @Test
    void aTrainingIsWatchedFoundAgainPausedAndStoppedByItsOwner() {
        Page page = pages.open(pages.visitor(), "train");
        assertThat(page.locator("#cost dd").first()).containsText("MB");
        page.click("#start");
        assertThat(page.locator("#samples img").first()).isVisible();
        assertThat(page.locator(".chart .mean")).hasCount(1);
        page.reload();
        assertThat(page.locator(".state.running")).isVisible();
        Page other = pages.open(pages.visitor(), "jobs");
        assertThat(other.locator(".job .state.running")).isVisible();
        assertThat(other.locator(".job [data-key$=cancel]")).hasCount(0);
        page.click("#pause");
        assertThat(page.locator(".state.paused")).isVisible();
        page.click("#resume");
        assertThat(page.locator(".state.running")).isVisible();
        pages.open(page, "jobs");
        page.locator(".job [data-key$=cancel]").first().click();
        assertThat(page.locator(".job .state.cancelled")).isVisible();
        assertThat(other.locator(".job .state.cancelled")).isVisible();
    }

    @Test
    void whoReloadsFindsWhatIsDrawnAgain() {
        Page page = pages.open(pages.visitor(), "draw?model=tiny-001");
        page.click("#draw");
        page.locator(".tile").first().waitFor();
        page.reload();
        assertThat(page.locator(".tile .open img")).hasCount(4);
    }

    @Test
    void noRoomHasASeriousFaultForThoseWhoListen() throws IOException {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            Page page = pages.examined(scheme == ColorScheme.DARK ? 390 : 1280, scheme);
            for (String room : ROOMS) {
                pages.open(page, room);
                page.reload();
                page.waitForSelector("#main[data-ready=" + room + "]");
                assertThat(Pages.faults(page)).as(room + " " + scheme).isEmpty();
                assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                        .as("nothing of " + room + " is cut off")
                        .isEqualTo(true);
            }
            page.context().close();
        }
    }

    @Test
    void thePagesAreSmall() throws Exception {
        Path files = Path.of(Studio.class.getResource("pages").toURI());
        try (Stream<Path> all = Files.list(files)) {
            assertThat(all.mapToLong(file -> file.toFile().length()).sum()).isLessThan(MOST_BYTES);
        }
    }

    /** A picture on the easel, with a first stroke over it. */
    private static Page painted() throws IOException {
        Page page = pages.open(pages.visitor(), "restore");
        Path file = folder.resolve("room.png");
        PngFile.write(file, grey(48));
        page.setInputFiles("#file", file);
        paint(page, 0.2, 0.5, 0.8);
        return page;
    }

    private static void paint(Page page, double from, double y, double to) {
        page.locator("#mask").waitFor();
        BoundingBox box = page.locator("#mask").boundingBox();
        page.mouse().move(box.x + from * box.width, box.y + y * box.height);
        page.mouse().down();
        page.mouse().move(box.x + to * box.width, box.y + y * box.height);
        page.mouse().up();
    }

    private static Picture picture(Page page, Locator image) throws IOException {
        String address =
                URI.create(studio.url()).resolve(image.getAttribute("src")).toString();
        return ImageFiles.decode(page.request().get(address).body(), 3);
    }

    private static int largestDifference(Picture one, Picture other) {
        int largest = 0;
        for (int i = 0; i < one.pixels().length; i++)
            largest = Math.max(largest, Math.abs((one.pixels()[i] & 0xFF) - (other.pixels()[i] & 0xFF)));
        return largest;
    }

    private static Picture grey(int side) {
        byte[] pixels = new byte[3 * side * side];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (60 + i * 120 / pixels.length);
        return new Picture(side, side, 3, pixels);
    }
}
