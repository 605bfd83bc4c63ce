package dev.calotype.studio;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What the rooms of a studio may know of each other and of the library. */
class StudioArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.calotype.studio");

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.calotype.studio.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** A studio that a server starts has rooms whatever class loader the starting thread knows. */
    @Test
    void roomsAreLookedForWhereTheStudioIs() {
        noClasses()
                .should()
                .callMethod(ServiceLoader.class, "load", Class.class)
                .check(CLASSES);
    }

    @Test
    void noRoomNamesAKindOfModel() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.calotype.kind..")
                .check(CLASSES);
    }

    @Test
    void jobsAndModelsKnowNothingOfTheWeb() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.calotype.studio.job", "dev.calotype.studio.model", "dev.calotype.studio.upload")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.javalin..", "jakarta.servlet..", "dev.calotype.studio.web")
                .check(CLASSES);
    }
}
