package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.AnyScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How each kind of block is written. */
class WritersTest {
    @TempDir
    private Path folder;

    private Document page;

    @BeforeEach
    void every() throws IOException {
        Files.writeString(folder.resolve("a.png"), "picture a");
        Files.writeString(folder.resolve("b.png"), "picture b");
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Steps", "4 < 5");
        facts.put("a|b", "*c*");
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        shares.put("bed", new LinkedHashMap<>());
        shares.get("bed").put("single", 0.25);
        shares.get("bed").put("double_", 1.5);
        Block.Table table = new Block.Table(
                List.of("name", "FID"),
                1,
                List.of(
                        List.of(Block.Cell.of("one"), new Block.Cell("2 & 3", Block.Mark.BEST)),
                        List.of(new Block.Cell("two", Block.Mark.BEST), Block.Cell.of("4"))));
        Block.Picture a = new Block.Picture(folder.resolve("a.png"), "left \"a\""),
                b = new Block.Picture(folder.resolve("b.png"), "right|b");
        page = new Document("A <page>")
                .section("Part 1")
                .paragraph("some\nwords")
                .notes(List.of("take [care]"))
                .facts(facts)
                .add(new Block.Links(List.of(new Block.Link("a run", folder.resolve("runs/a b-001")))))
                .add(table)
                .add(new Block.Code("a: <b>\n\n"))
                .add(new Block.Shares(shares))
                .add(new Block.Pictures(List.of(a), Block.Size.LARGE))
                .add(new Block.Pictures(List.of(a, b, a, b, a), Block.Size.SMALL))
                .charts(List.of(LineChart.of("Loss", "step", new LineChart.Series("", List.of(new double[] {1, 2})))));
    }

    @Test
    void everyBlockIsMarkdown() throws IOException {
        Path out = folder.resolve("my page.md");
        new Markdown().write(page, out);
        assertThat(Files.readString(out))
                .isEqualTo(
                        """
                        # A &lt;page>

                        ## Part 1

                        some words

                        > take \\[care\\]

                        | | |
                        |---|---|
                        | Steps | 4 &lt; 5 |
                        | a\\|b | \\*c\\* |

                        - [a run](runs/a%20b-001)

                        | name | FID |
                        |---|---:|
                        | one | **2 &amp; 3** |
                        | **two** | 4 |

                        ```yaml
                        a: <b>
                        ```

                        - bed: single 25.0 %, double\\_ 150.0 %

                        ![left "a"](my%20page-files/001.png)

                        left "a"


                        | left "a" | right\\|b | left "a" | right\\|b |
                        |---|---|---|---|
                        | ![left "a"](my%20page-files/002.png) | ![right|b](my%20page-files/003.png) | ![left "a"](my%20page-files/004.png) | ![right|b](my%20page-files/005.png) |

                        | left "a" |
                        |---|
                        | ![left "a"](my%20page-files/006.png) |

                        ![Loss](my%20page-files/007.svg)

                        """);
        Path files = folder.resolve("my page-files");
        assertThat(files.resolve("003.png")).hasContent("picture b");
        assertThat(files.resolve("006.png")).hasContent("picture a");
        assertThat(Files.readString(files.resolve("007.svg")))
                .startsWith("<svg")
                .contains("<style>" + Html.STYLE + "</style>")
                .endsWith("</svg>");
    }

    @Test
    void everyBlockIsHtml() throws IOException {
        Path out = folder.resolve("page.html");
        new Html().write(page, out);
        String html = Files.readString(out);
        assertThat(html)
                .startsWith("<!doctype html>\n<html lang=\"en\">")
                .contains("<title>A &lt;page&gt;</title>\n<style>\n" + Html.STYLE + "</style>");
        String svg = html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + 6);
        assertThat(html.substring(html.indexOf("<body>")).replace(svg, "SVG"))
                .isEqualTo(
                        """
                        <body><main>
                        <h1>A &lt;page&gt;</h1>
                        <h2>Part 1</h2>
                        <p>some
                        words</p>
                        <p class="note">take [care]</p>
                        <table class="facts">
                        <tr><th scope="row">Steps</th><td>4 &lt; 5</td></tr>
                        <tr><th scope="row">a|b</th><td>*c*</td></tr>
                        </table>
                        <ul>
                        <li><a href="runs/a%20b-001">a run</a></li>
                        </ul>
                        <div class="scroll" tabindex="0" role="region" aria-label="table"><table>
                        <thead><tr><th class="label">name</th><th>FID</th></tr></thead>
                        <tbody>
                        <tr><td class="label">one</td><td class="best">2 &amp; 3</td></tr>
                        <tr><td class="label">two</td><td>4</td></tr>
                        </tbody></table></div>
                        <pre>a: &lt;b&gt;

                        </pre>
                        <div class="bars">
                        <div><b>bed</b>
                        <div><span class="bar" style="width:1.75rem"></span> single 25.0 %</div>
                        <div><span class="bar" style="width:7.00rem"></span> double_ 150.0 %</div>
                        </div>
                        </div>
                        <div class="large">
                        %1$s</div>
                        <div class="small">
                        %1$s%2$s%1$s%2$s%1$s</div>
                        <div class="charts">
                        SVG
                        </div>
                        </main></body></html>
                        """
                                .replace("%1$s", figure("left &quot;a&quot;", "cGljdHVyZSBh"))
                                .replace("%2$s", figure("right|b", "cGljdHVyZSBi")));
    }

    private static String figure(String caption, String data) {
        return "<figure><img alt=\"" + caption + "\" src=\"data:image/png;base64," + data + "\"><figcaption>" + caption
                + "</figcaption></figure>\n";
    }

    @Test
    void aPageThatBecomesAPartIsALevelDeeper() {
        Document all = new Document("all").append(page);
        assertThat(all.blocks().subList(0, 3))
                .containsExactly(
                        new Block.Heading(2, "A <page>"),
                        new Block.Heading(3, "Part 1"),
                        new Block.Paragraph("some\nwords"));
        assertThat(all.blocks()).hasSize(1 + page.blocks().size());
    }

    @Test
    void timesHaveTheUnitThatSuitsThem() {
        assertThat(List.of(0.4, 119.0, 120.0, 7199.0, 7200.0, 90000.0))
                .extracting(Document::time)
                .containsExactly("0 seconds", "119 seconds", "2.0 minutes", "120.0 minutes", "2.0 hours", "25.0 hours");
    }

    @Test
    void placesAreToldFromTheFolderOfThePage() {
        Path out = folder.resolve("pages/page.html");
        assertThat(new Block.Link("x", folder.resolve("runs/a+b c")).from(out)).isEqualTo("../runs/a%2Bb%20c");
    }

    @Test
    void placesOfAnyScriptAreWrittenInUtf8() {
        AnyScript.assume();
        Path out = folder.resolve("pages/page.html");
        assertThat(new Block.Link("x", folder.resolve("pages/../pages/é")).from(out))
                .isEqualTo("%C3%A9");
    }
}
