package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.kind.diffusion.pipeline.PipelineFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What only one package uses is package-private. A type is public since another package uses it, since a member of another
 * public type shows it, or since it is made for people who use the library.
 */
class PublicTypesTest {
    /** What the library is for, although nothing of its own names it: to be made or opened by who uses it. */
    private static final Set<String> ENTRIES = Set.of(
            // opened by who knows the kind
            "dev.calotype.kind.diffusion.TrainedDiffusion",
            "dev.calotype.kind.gan.TrainedGan",
            "dev.calotype.kind.gan.GanStyles",
            // weights of others, and what reads them
            "dev.calotype.checkpoint.vit.TimmVit",
            "dev.calotype.checkpoint.vit.TransformersVit",
            "dev.calotype.checkpoint.WeightNames",
            "dev.calotype.checkpoint.clip.PretrainedClip",
            "dev.calotype.checkpoint.latent.DiffusersAutoencoder",
            "dev.calotype.checkpoint.latent.DiffusersLatentUNet",
            "dev.calotype.checkpoint.latent.DiffusersTransformer",
            "dev.calotype.model.vivit.ImageStart",
            "dev.calotype.text.ClipTokenizer",
            "dev.calotype.text.JsonTokenizer",
            "dev.calotype.text.Tokenizers",
            // put together by who trains
            "dev.calotype.judge.Composition",
            "dev.calotype.data.Views",
            "dev.calotype.data.augment.RandomErasing",
            "dev.calotype.data.augment.RandomResizedCrop",
            // caught
            "dev.calotype.data.CorruptDataException",
            "dev.calotype.image.UnsupportedPictureException");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.calotype");

    @Test
    void whatOnlyOnePackageUsesIsPackagePrivate() throws IOException {
        Set<String> used = new HashSet<>(importedElsewhere());
        Set<String> shown = new HashSet<>();
        for (JavaClass type : CLASSES) {
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> !target.getPackageName().equals(type.getPackageName()))
                    .forEach(target -> used.add(outermost(target).getName()));
            if (isOpen(type))
                shown(type).forEach(target -> shown.add(outermost(target).getName()));
        }
        Set<String> needless = new TreeSet<>();
        for (JavaClass type : CLASSES)
            if (type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                needless.add(type.getName());
        needless.removeAll(used);
        needless.removeAll(shown);
        CLASSES.stream()
                .filter(type -> type.isAssignableTo(Kind.class)
                        || type.isAssignableTo(TextPipelines.class)
                        || type.isAssignableTo(PipelineFamily.class))
                .forEach(service -> needless.remove(service.getName())); // found by the ServiceLoader
        needless.removeIf(name -> name.endsWith(".package-info"));
        needless.removeAll(ENTRIES);
        assertThat(needless).isEmpty();
    }

    /** What the studio, the command line, the benchmarks and the examples import. */
    private static Set<String> importedElsewhere() throws IOException {
        Pattern named = Pattern.compile("(?m)^import (?:static )?(dev\\.calotype(?:\\.[a-z]\\w*)*\\.[A-Z]\\w*)");
        Set<String> names = new HashSet<>();
        for (String module : List.of("studio", "app", "cluster", "bench", "examples"))
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList())
                    named.matcher(Files.readString(file))
                            .results()
                            .map((MatchResult found) -> found.group(1))
                            .forEach(names::add);
            }
        return names;
    }

    /** The types in the heads of members that anybody can use, and those that it is one of. */
    private static Set<JavaClass> shown(JavaClass type) {
        Set<JavaClass> shown = new HashSet<>(type.getRawInterfaces());
        type.getRawSuperclass().ifPresent(shown::add);
        for (JavaMember member : type.getMembers()) {
            if (!isOpen(member.getModifiers())) continue;
            if (member instanceof JavaCodeUnit unit) {
                shown.addAll(unit.getReturnType().getAllInvolvedRawTypes());
                for (JavaType parameter : unit.getParameterTypes()) shown.addAll(parameter.getAllInvolvedRawTypes());
                unit.getThrowsClause().getTypes().forEach(thrown -> shown.add(thrown.toErasure()));
            } else
                shown.addAll(
                        member.getOwner().getField(member.getName()).getType().getAllInvolvedRawTypes());
        }
        shown.removeIf(target -> outermost(target).equals(outermost(type)));
        return shown;
    }

    private static boolean isOpen(JavaClass type) {
        boolean open = isOpen(type.getModifiers());
        return open && type.getEnclosingClass().map(PublicTypesTest::isOpen).orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(PublicTypesTest::outermost).orElse(type);
    }
}
