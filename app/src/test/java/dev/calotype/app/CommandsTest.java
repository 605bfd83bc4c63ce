package dev.calotype.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the command line may know of the library, read from its compiled classes. */
class CommandsTest {
    /** A kind is asked for what it offers, so that a new one needs no change here. */
    @Test
    void noCommandNamesAKind() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.calotype.kind..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.calotype.app"));
    }
}
