package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.restoration.FolderRestoration;
import dev.calotype.restoration.PictureRestoration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The restored pictures of a folder on one page: a row for each of what was assumed and done, and the first of them before
 * and after. What was there already is counted, not shown.
 */
public final class FolderReport {
    private static final int WIDEST = 240; // pixels of a picture that is shown
    private static final int SHOWN = 50;

    private final Path folder;
    private final FolderRestoration.Done done;

    /** @param folder of the pictures as they were */
    public FolderReport(Path folder, FolderRestoration.Done done) {
        this.folder = folder;
        this.done = done;
    }

    /**
     * Writes {@code out}, with a folder of pictures beside it where that is a page for a repository.
     *
     * @param out a name that ends in {@code .html} or {@code .md}
     */
    public void write(Path out) throws IOException {
        PictureReport.write(out, this::document);
    }

    private Document document(Path pictures) throws IOException {
        List<PictureRestoration.Done> restored = done.restored();
        Document document = new Document(folder.getFileName() + ", restored");
        document.paragraph(format(
                "%d pictures were restored, %d were there already, %d failed.",
                restored.size(), done.kept(), done.failures().size()));
        document.notes(done.failures().stream()
                .map(failure -> Path.of(failure.image()).getFileName() + ": " + failure.message())
                .toList());
        if (restored.isEmpty()) return document;
        document.section("What was done")
                .add(new Block.Table(
                        List.of(
                                "picture",
                                "pixels",
                                "method",
                                "noise assumed",
                                "missing",
                                "shown to be better",
                                "seconds"),
                        1,
                        restored.stream().map(FolderReport::row).toList()));
        document.section("Before and after");
        if (restored.size() > SHOWN) document.paragraph(format("The first %d of %d.", SHOWN, restored.size()));
        for (int i = 0; i < Math.min(SHOWN, restored.size()); i++) document.add(pair(restored.get(i), i, pictures));
        return document;
    }

    private Block pair(PictureRestoration.Done one, int index, Path pictures) throws IOException {
        Path answer = Path.of(one.out());
        String name = answer.getFileName().toString();
        Path first = pictures.resolve(index + "a.png"), second = pictures.resolve(index + "b.png");
        return new Block.Pictures(
                List.of(
                        PictureReport.shown(colours(before(name)), WIDEST, name + " before", first),
                        PictureReport.shown(colours(answer), WIDEST, name + " after", second)),
                Block.Size.SMALL);
    }

    /** The picture whose answer has this name: {@code .png} was added where its format is not written. */
    private Path before(String name) {
        Path same = folder.resolve(name);
        return Files.exists(same) ? same : folder.resolve(name.substring(0, name.length() - ".png".length()));
    }

    private static Picture colours(Path file) throws IOException {
        return PictureFile.read(file).colours();
    }

    private static List<Block.Cell> row(PictureRestoration.Done one) {
        String noise = one.sigma() == 0 ? "none" : format("sigma %.1f", one.sigma());
        return List.of(
                Block.Cell.of(Path.of(one.out()).getFileName().toString()),
                Block.Cell.of(one.width() + " x " + one.height()),
                Block.Cell.of(one.method()),
                Block.Cell.of(noise + (one.sigmaEstimated() ? ", estimated" : "")),
                Block.Cell.of(Long.toString(one.missing())),
                Block.Cell.of(one.shownBetter() ? "yes" : "no"),
                Block.Cell.of(format("%.1f", one.seconds())));
    }
}
