package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.PictureFormat;
import dev.calotype.settings.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void pictures() throws IOException {
        Studies.pictures(folder);
    }

    @Test
    void trialsAreMethodsOnPicturesAndDegradationsAndSeedsAndTheMethodChangesFirst() {
        List<Trial> trials = study(Studies.QUICK).trials();
        assertThat(trials).hasSize(3 * 2 * 2 * 2);
        assertThat(trials.subList(0, 3)).extracting(t -> t.method().label()).containsExactly("seen", "tv", "strong");
        Set<String> ids = new HashSet<>();
        trials.forEach(trial -> assertThat(ids.add(trial.id())).isTrue());
    }

    @Test
    void theTextOfAStudyIsTheSameStudyFromAnywhere(@TempDir Path elsewhere) {
        Study study = study(Studies.QUICK);
        Study again = Study.parse(study.text(), elsewhere);
        assertThat(again.trials()).extracting(Trial::id).isEqualTo(ids(study));
        assertThat(again.text()).isEqualTo(study.text());
    }

    @Test
    void aTrialIsAnotherOneIfAnythingThatMattersChanges() throws IOException {
        List<String> before = ids(study(Studies.QUICK));
        assertThat(ids(study(Studies.QUICK.replace("strength: 2.0", "strength: 3.0"))))
                .as("only those of the changed method")
                .containsAll(
                        before.stream().filter(id -> !id.startsWith("strong")).toList())
                .doesNotContainAnyElementsOf(
                        before.stream().filter(id -> id.startsWith("strong")).toList());
        assertThat(ids(study(Studies.QUICK.replace("baseline: seen", "baseline: tv"))))
                .isEqualTo(before);
        assertThat(ids(study(Studies.QUICK + "seconds: 5\n"))).doesNotContainAnyElementsOf(before);
        assertThat(ids(study(Studies.QUICK + "equipment: {prior: runs/x}\n")))
                .as("none of these uses a prior")
                .isEqualTo(before);
        Files.copy(folder.resolve("a.png"), folder.resolve("b.png"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(ids(study(Studies.QUICK)))
                .filteredOn(id -> id.contains("-b-"))
                .doesNotContainAnyElementsOf(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seeds: | sedes: | unknown key sedes; did you mean seeds?",
                "strength: 2.0 | strenght: 2.0 | methods.strong: unknown key strenght; did you mean strength?",
                "method: tv, strength | method: tvv, strength | did you mean 'tv'?: tvv",
                "gaussian:25 | gauss:25 | degradations: a degradation must be one of",
                "baseline: seen | baseline: sen | baseline must be one of the methods seen, tv, strong: sen",
                "seeds: [0, 1] | seeds: [] | seeds must name at least one",
                "a.png, b.png | a.png, a.png | pictures.files has two of the name a",
                "a.png, b.png | a.png, c.png | pictures: ",
                "channels: 3 | channels: 2 | pictures.channels must be 1 (grey) or 3 (RGB): 2",
                "name: quick | parallel: 0 | parallel must be in 1..64: 0",
            })
    void whatCannotBeUsedIsSaidInOneSentence(String from, String to, String message) {
        assertThatThrownBy(() -> study(Studies.QUICK.replace(from, to)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPictureIsCutInTheMiddle() throws IOException {
        Study study = study(Studies.QUICK.replace("channels: 3", "channels: 1, size: 31, multiple: 8"));
        TestPicture picture = study.pictures().get(0);
        assertThat(picture.picture().width()).isEqualTo(24);
        assertThat(picture.picture().at(0, 0, 0)).isEqualTo(grey(4, 4));
        Study large = study(Studies.QUICK.replace("channels: 3", "size: 64"));
        assertThatThrownBy(() -> large.pictures().get(0).picture())
                .hasMessageContaining("is smaller than what is wanted");
    }

    @Test
    void aStudyHasAHundredThousandTrialsAtMost() {
        String seeds = java.util.stream.IntStream.range(0, 8334)
                .mapToObj(String::valueOf)
                .collect(java.util.stream.Collectors.joining(", "));
        assertThatThrownBy(() -> study(Studies.QUICK.replace("seeds: [0, 1]", "seeds: [" + seeds + "]")))
                .hasMessageContaining("a study must have at most 100000 trials: 100008"); // 8334 x 3 x 2 x 2
        assertThat(study(Studies.QUICK.replace("seeds: [0, 1]", "seeds: [" + seeds.replace(", 8333", "") + "]"))
                        .plan()
                        .seeds())
                .hasSize(8333);
        assertThat(study(Studies.QUICK + "parallel: 64\n").plan().parallel()).isEqualTo(64);
        assertThatThrownBy(() -> study(Studies.QUICK + "parallel: 65\n"))
                .hasMessageContaining("parallel must be in 1..64: 65");
    }

    @Test
    void aFolderStandsForItsPicturesInTheirOrder() throws IOException {
        Path many = Files.createDirectories(folder.resolve("many"));
        for (String name : List.of("2.PNG", "1.png", "3.jpeg")) Files.copy(folder.resolve("a.png"), many.resolve(name));
        PictureFormat.write(many.resolve("4.webp"), ImageFiles.decode(folder.resolve("a.png"), 3), Map.of());
        Files.writeString(many.resolve("notes.txt"), "no picture");
        assertThat(study(Studies.QUICK.replace("a.png, b.png", "many")).pictures())
                .extracting(TestPicture::name)
                .containsExactly("1", "2", "3", "4");
        Files.createDirectories(folder.resolve("none"));
        assertThatThrownBy(() -> study(Studies.QUICK.replace("a.png, b.png", "none")))
                .hasMessageContaining("pictures.files must name at least one picture");
    }

    @Test
    void aPictureOfExactlyTheSizeIsEnough() throws IOException {
        TestPicture all = study(Studies.QUICK.replace("channels: 3", "size: 32"))
                .pictures()
                .get(0);
        assertThat(all.picture().width()).isEqualTo(32);
        assertThat(all).hasToString("a");
        assertThatThrownBy(() -> study(Studies.QUICK.replace("channels: 3", "size: 33"))
                        .pictures()
                        .get(0)
                        .picture())
                .hasMessageContaining("is smaller than what is wanted of it");
        assertThatThrownBy(() -> study(Studies.QUICK.replace("channels: 3", "size: -1")))
                .hasMessageContaining("pictures.size must be at least 0: -1");
        assertThatThrownBy(() -> study(Studies.QUICK.replace("channels: 3", "multiple: 0")))
                .hasMessageContaining("pictures.multiple must be at least 1: 0");
    }

    @Test
    void aFileOfAStudyIsNamedInWhatIsWrongWithIt() throws IOException {
        Path file = folder.resolve("study.yaml");
        Files.writeString(file, Studies.QUICK.replace("seeds:", "sedes:"));
        assertThatThrownBy(() -> Study.read(file)).hasMessageStartingWith(file + ": unknown key sedes");
        Files.writeString(file, Studies.QUICK);
        assertThat(Study.read(file).trials()).isEqualTo(study(Studies.QUICK).trials());
        assertThatThrownBy(() -> study("name: x"))
                .hasMessageContaining("methods must be a mapping of labels to methods");
        assertThatThrownBy(() -> study(Studies.QUICK.replace("\"down:2\"", "\"gaussian:25\"")))
                .hasMessageContaining("degradations has one twice: [gaussian:25, gaussian:25]");
        assertThatThrownBy(() -> study(Studies.QUICK.replace("[\"gaussian:25\", \"down:2\"]", "[]")))
                .hasMessageContaining("degradations must name at least one");
    }

    private int grey(int x, int y) throws IOException {
        return ImageFiles.decode(folder.resolve("a.png"), 1).at(x, y, 0);
    }

    private Study study(String yaml) {
        return Study.parse(yaml, folder);
    }

    private static List<String> ids(Study study) {
        return study.trials().stream().map(Trial::id).toList();
    }
}
