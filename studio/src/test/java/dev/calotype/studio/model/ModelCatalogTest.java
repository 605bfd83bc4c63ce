package dev.calotype.studio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.run.RunDirectory;
import dev.calotype.studio.TinyRuns;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCatalogTest {
    private static final String ID = "tiny-001";

    @TempDir
    Path folder;

    private Path run;
    private ModelCatalog models;

    @BeforeEach
    void known() throws IOException {
        run = TinyRuns.labelled(Files.createDirectories(folder.resolve("runs")), "tiny");
        models = new ModelCatalog(new AllowedFolders(List.of(folder.resolve("runs"))), folder.resolve("list"));
        assertThat(models.model(ID).about().path("steps").asInt()).isEqualTo(1);
    }

    private void assertMissing() {
        assertThatThrownBy(() -> models.model(ID)).isInstanceOf(Refusal.class).hasMessage("there is no model " + ID);
    }

    @Test
    void aKnownModelIsLookedAtAnewWhenItChanges() throws IOException {
        assertThat(models.model(ID)).isSameAs(models.model(ID));
        Path latest = new CheckpointFolder(new RunDirectory(run).checkpoints(), 1)
                .latest()
                .orElseThrow();
        Files.move(latest, latest.resolveSibling(latest.getFileName().toString().replaceFirst("1(?=\\.)", "2")));
        assertThat(models.model(ID).about().path("steps").asInt()).isEqualTo(2);
    }

    @Test
    void eachOfSeveralOfOneNameIsThere() throws IOException {
        List<Path> folders = new ArrayList<>(List.of(run.getParent()));
        for (String name : List.of("b", "c", "d")) {
            Path copy = Files.createDirectories(folder.resolve(name).resolve(ID));
            try (Stream<Path> all = Files.walk(run)) {
                for (Path file : all.skip(1).toList()) Files.copy(file, copy.resolve(run.relativize(file)));
            }
            folders.add(copy.getParent());
        }
        Collections.reverse(folders);
        ModelCatalog several = new ModelCatalog(new AllowedFolders(folders), folder.resolve("list"));
        String longer = folder.getFileName() + "~" + ID;
        for (int look = 0; look < 2; look++)
            assertThat(several.models())
                    .extracting(ModelEntry::id)
                    .containsExactlyInAnyOrder(ID, longer, longer + "~2", longer + "~3");
        assertThat(several.model(longer + "~3").path()).isEqualTo(run.toRealPath());
    }

    @Test
    void aFolderThatIsMadeLaterIsLookedIn() throws IOException {
        Path later = folder.resolve("later");
        ModelCatalog patient = new ModelCatalog(new AllowedFolders(List.of(later)), folder.resolve("list"));
        assertThat(patient.models()).isEmpty();
        Files.move(run.getParent(), later);
        assertThat(patient.models()).extracting(ModelEntry::id).containsExactly(ID);
    }

    @Test
    void aKnownModelThatIsGoneIsNoneAnyMore() throws IOException {
        Files.delete(new RunDirectory(run).experimentFile());
        assertMissing();
    }

    @Test
    void aKnownModelThatWasReplacedByALinkOutOfTheFoldersIsNoneAnyMore() throws IOException {
        Path outside = Files.move(run, folder.resolve("outside"));
        Files.createSymbolicLink(run, outside);
        assertMissing();
    }
}
