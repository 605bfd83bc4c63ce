package dev.calotype;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The directions between the packages of the library, read from the compiled classes. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.calotype");

    /**
     * What each package uses of the others, to the letter: a new arrow is added here or not drawn. The table of
     * docs/architecture.md is this one.
     */
    private static final Map<String, Set<String>> USES = new TreeMap<>(Map.ofEntries(
            Map.entry("tensor", Set.of()),
            Map.entry("column", Set.of("tensor")),
            Map.entry("io", Set.of()),
            Map.entry("settings", Set.of("io")),
            Map.entry("nn", Set.of("tensor")),
            Map.entry("collective", Set.of("tensor", "settings")),
            Map.entry("machine", Set.of("tensor", "nn", "settings")),
            Map.entry("ffmpeg", Set.of("tensor")),
            Map.entry("isolation", Set.of("io")),
            Map.entry("image", Set.of("tensor", "io", "ffmpeg", "isolation")),
            Map.entry("text", Set.of()),
            Map.entry("diffusion", Set.of("tensor")),
            Map.entry("sampling", Set.of("tensor", "diffusion")),
            Map.entry("model", Set.of("tensor", "column", "nn")),
            Map.entry("data", Set.of("tensor", "column", "io", "ffmpeg", "isolation", "image")),
            Map.entry("collect", Set.of("io", "settings", "image", "data")),
            Map.entry("metric", Set.of("tensor", "image", "model")),
            Map.entry("checkpoint", Set.of("tensor", "io", "nn", "model")),
            Map.entry(
                    "embedding",
                    Set.of("tensor", "column", "io", "nn", "image", "text", "model", "data", "checkpoint")),
            Map.entry("latent", Set.of("tensor", "io", "image", "model", "data", "metric", "run")),
            Map.entry("train", Set.of("tensor", "collective", "column", "nn", "model", "diffusion", "data")),
            Map.entry("restore", Set.of("tensor", "nn", "image", "model", "diffusion", "sampling", "data", "train")),
            Map.entry(
                    "experiment",
                    Set.of(
                            "tensor",
                            "collective",
                            "column",
                            "io",
                            "settings",
                            "machine",
                            "nn",
                            "image",
                            "model",
                            "data",
                            "embedding",
                            "sampling",
                            "train",
                            "restore")),
            Map.entry(
                    "judge",
                    Set.of(
                            "tensor",
                            "column",
                            "io",
                            "settings",
                            "nn",
                            "image",
                            "model",
                            "data",
                            "metric",
                            "checkpoint",
                            "restore",
                            "experiment")),
            Map.entry(
                    "run",
                    Set.of(
                            "tensor",
                            "collective",
                            "io",
                            "settings",
                            "nn",
                            "image",
                            "text",
                            "model",
                            "data",
                            "checkpoint",
                            "embedding",
                            "train",
                            "experiment",
                            "judge")),
            Map.entry(
                    "drawing",
                    Set.of(
                            "tensor",
                            "collective",
                            "io",
                            "settings",
                            "image",
                            "model",
                            "data",
                            "sampling",
                            "experiment",
                            "run")),
            Map.entry(
                    "kind",
                    Set.of(
                            "tensor",
                            "column",
                            "io",
                            "settings",
                            "nn",
                            "image",
                            "text",
                            "model",
                            "data",
                            "metric",
                            "diffusion",
                            "sampling",
                            "checkpoint",
                            "embedding",
                            "train",
                            "restore",
                            "experiment",
                            "judge",
                            "run")),
            Map.entry(
                    "tuning",
                    Set.of(
                            "tensor",
                            "column",
                            "io",
                            "settings",
                            "image",
                            "text",
                            "model",
                            "data",
                            "metric",
                            "checkpoint",
                            "embedding",
                            "train",
                            "experiment",
                            "judge",
                            "run",
                            "unclip")),
            Map.entry(
                    "adaptive",
                    Set.of(
                            "tensor",
                            "io",
                            "settings",
                            "nn",
                            "image",
                            "model",
                            "data",
                            "metric",
                            "diffusion",
                            "sampling",
                            "checkpoint",
                            "train",
                            "restore")),
            Map.entry(
                    "restoration",
                    Set.of(
                            "tensor",
                            "io",
                            "settings",
                            "machine",
                            "nn",
                            "image",
                            "model",
                            "checkpoint",
                            "restore",
                            "experiment",
                            "judge",
                            "run")),
            Map.entry(
                    "unclip",
                    Set.of(
                            "tensor",
                            "column",
                            "io",
                            "settings",
                            "image",
                            "text",
                            "model",
                            "data",
                            "metric",
                            "embedding",
                            "sampling",
                            "experiment",
                            "judge",
                            "run")),
            Map.entry(
                    "sweep",
                    Set.of(
                            "tensor",
                            "io",
                            "settings",
                            "model",
                            "data",
                            "metric",
                            "train",
                            "experiment",
                            "judge",
                            "run",
                            "drawing")),
            Map.entry(
                    "study", Set.of("tensor", "io", "settings", "image", "model", "metric", "restore", "restoration")),
            Map.entry(
                    "report",
                    Set.of(
                            "io",
                            "settings",
                            "image",
                            "latent",
                            "metric",
                            "restore",
                            "experiment",
                            "judge",
                            "run",
                            "drawing",
                            "restoration",
                            "sweep",
                            "study"))));

    /** What makes tensors on the processor. */
    private static final Set<String> MAKERS = Set.of(
            "Tensors.of",
            "Tensors.ofDoubles",
            "Tensors.fill",
            "Rng.normal",
            "Rng.uniform",
            "torch.empty",
            "torch.zeros",
            "torch.ones",
            "torch.full",
            "torch.tensor",
            "torch.arange",
            "torch.eye",
            "torch.rand",
            "torch.randn");

    /** The last one is for weights that are drawn in place. */
    private static final Set<String> MOVERS = Set.of("Device.move", "Tensors.as", "Tensor.copy_");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.calotype.(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("dev.calotype.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    static Stream<String> packages() {
        return USES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void packagesUseWhatIsStatedAndNothingElse(String name) {
        Set<String> used = CLASSES.stream()
                .filter(type -> room(type).equals(name))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> room(dependency.getTargetClass().getBaseComponentType()))
                .filter(room -> !room.isEmpty() && !room.equals(name))
                .collect(Collectors.toSet());
        assertThat(used).isEqualTo(USES.get(name));
    }

    @Test
    void theDocumentedTableIsTheStatedOne() throws IOException {
        String page = Files.readString(Path.of("../docs/architecture.md"));
        String table = page.substring(page.indexOf("<!-- packages -->"), page.indexOf("<!-- end of packages -->"));
        Map<String, Set<String>> documented = table.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|"))
                .collect(Collectors.toMap(row -> names(row[1]).get(0), row -> Set.copyOf(names(row[3]))));
        assertThat(documented).isEqualTo(USES);
    }

    private static List<String> names(String cell) {
        return Pattern.compile("`(\\w+)`")
                .matcher(cell)
                .results()
                .map(name -> name.group(1))
                .toList();
    }

    /** The package below dev.calotype that a class is in, without what is below that; empty for others. */
    private static String room(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return type.getPackageName().startsWith("dev.calotype.") ? parts[2] : "";
    }

    /** A kind is found by its line in the list of kinds, and asked for what it can do. */
    @Test
    void nobodyOutsideOfAKindNamesWhatIsIts() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.calotype.kind..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.calotype.kind..")
                .check(CLASSES);
    }

    @Test
    void noKindNamesAnotherKind() {
        slices().matching("dev.calotype.kind.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
    }

    @Test
    void everyPackageHasItsDirectionsStated() {
        Set<String> rooms = CLASSES.stream()
                .map(ArchitectureTest::room)
                .filter(room -> !room.isEmpty())
                .collect(Collectors.toSet());
        assertThat(USES.keySet()).containsAll(rooms);
    }

    @Test
    void libraryKnowsNoCommandLineAndNoLogWriter() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..", "dev.calotype.app..")
                .check(CLASSES);
    }

    @Test
    void onlySettingsReadsYaml() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.calotype.settings..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson.dataformat..")
                .check(CLASSES);
    }

    @Test
    void schedulesAreArithmeticOfDoubles() {
        classes()
                .that()
                .haveNameMatching("dev\\.calotype\\.diffusion\\.(NoiseSchedule|Spacing)")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("org.bytedeco..", "dev.calotype.tensor..")
                .check(CLASSES);
    }

    /** The binding's argument types are noisy: {@code Tensors} and {@code Kernels} give them names. */
    @Test
    void onlyTensorNamesTheBindingsNoisyTypes() {
        List<String> noisy = List.of("TensorOptional", "LongArrayRef", "ScalarOptional", "IValueVector", "GenericList");
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.calotype.tensor..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("org\\.bytedeco\\.pytorch\\.(" + String.join("|", noisy) + ")")
                .check(CLASSES);
    }

    /** Servers and plug-ins have class loaders of their own, and call from threads that know another one or none. */
    @Test
    void servicesAreLookedForWhereTheLibraryIs() {
        noClasses()
                .should()
                .callMethod(ServiceLoader.class, "load", Class.class)
                .check(CLASSES);
    }

    /** What is made when a class is first used belongs to whatever scope is open then, and is gone when that ends. */
    @Test
    void nothingNativeIsKeptInAStaticField() {
        fields().that()
                .areStatic()
                .and()
                .haveRawType(assignableTo(Pointer.class))
                .should()
                .beDeclaredInClassesThat()
                .haveSimpleName("Holder") // of Kernels, which retains them
                .check(CLASSES);
    }

    /**
     * Who makes a tensor for a network brings it to where the network is. Without a GPU a mistake shows nowhere else: the
     * engine's device without values cannot convolve.
     */
    @Test
    void whoMakesATensorForANetworkMovesIt() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(
                        "dev.calotype.nn..",
                        "dev.calotype.model..",
                        "dev.calotype.diffusion..",
                        "dev.calotype.sampling..",
                        "dev.calotype.train..")
                .or()
                .areDeclaredInClassesThat()
                .haveSimpleName("JudgeTask")
                .should(new ArchCondition<JavaMethod>("move the tensors that they make") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        boolean makes =
                                calls(method, MAKERS) && !method.getName().equals("triangles"); // its caller moves
                        boolean moves = calls(method, MOVERS);
                        if (makes && !moves)
                            events.add(SimpleConditionEvent.violated(method, method.getFullName() + " leaves it"));
                    }
                })
                .check(CLASSES);
    }

    private static boolean calls(JavaMethod method, Set<String> names) {
        return method.getMethodCallsFromSelf().stream()
                .anyMatch(call -> names.contains(call.getTargetOwner().getSimpleName() + "." + call.getName()));
    }
}
