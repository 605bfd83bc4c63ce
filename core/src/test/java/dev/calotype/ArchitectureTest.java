package dev.calotype;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The directions between the packages of the library, read from the compiled classes. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.calotype");

    private static final Set<String> FOUNDATIONS = Set.of(
            "tensor",
            "io",
            "settings",
            "machine",
            "nn",
            "image",
            "diffusion",
            "sampling",
            "model",
            "data",
            "metric",
            "checkpoint",
            "train",
            "restore");

    /** Still knotted: they may use each other. */
    private static final Set<String> KNOT =
            Set.of("experiment", "run", "judge", "drawing", "kind", "restoration", "study", "sweep");

    /** What each package may use of the others. */
    private static final Map<String, Set<String>> MAY_USE = new TreeMap<>(Map.ofEntries(
            Map.entry("tensor", Set.of()),
            Map.entry("io", Set.of()),
            Map.entry("settings", Set.of("io")),
            Map.entry("machine", Set.of("tensor", "nn", "settings")),
            Map.entry("nn", Set.of("tensor")),
            Map.entry("image", Set.of("tensor", "io")),
            Map.entry("diffusion", Set.of("tensor")),
            Map.entry("sampling", Set.of("tensor", "diffusion")),
            Map.entry("model", Set.of("tensor", "nn")),
            Map.entry("data", Set.of("tensor", "io", "image")),
            Map.entry("metric", Set.of("tensor", "image", "model")),
            Map.entry("checkpoint", Set.of("tensor", "io", "nn", "model")),
            Map.entry("train", Set.of("tensor", "nn", "model", "diffusion", "data")),
            Map.entry("restore", Set.of("tensor", "nn", "image", "model", "diffusion", "sampling", "data", "train")),
            Map.entry("experiment", with(FOUNDATIONS, KNOT)),
            Map.entry("run", with(FOUNDATIONS, KNOT)),
            Map.entry("judge", with(FOUNDATIONS, KNOT)),
            Map.entry("drawing", with(FOUNDATIONS, KNOT)),
            Map.entry("kind", with(FOUNDATIONS, KNOT)),
            Map.entry("restoration", with(FOUNDATIONS, KNOT)),
            Map.entry("sweep", with(FOUNDATIONS, KNOT)),
            Map.entry("study", with(FOUNDATIONS, KNOT)),
            Map.entry("report", with(FOUNDATIONS, KNOT))));

    private static Set<String> with(Set<String> some, Set<String> others) {
        return Stream.concat(some.stream(), others.stream()).collect(Collectors.toSet());
    }

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
        slices().matching("dev.calotype.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        DescribedPredicate.describe("knotted", ArchitectureTest::knotted),
                        DescribedPredicate.describe("knotted", ArchitectureTest::knotted))
                .check(CLASSES);
    }

    private static boolean knotted(JavaClass type) {
        return KNOT.contains(
                type.getPackageName().replaceFirst("^dev\\.calotype\\.?", "").split("\\.")[0]);
    }

    static Stream<String> packages() {
        return MAY_USE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void packagesUseOnlyWhatLiesBelow(String name) {
        String[] others = MAY_USE.keySet().stream()
                .filter(other -> !other.equals(name) && !MAY_USE.get(name).contains(other))
                .map(other -> "dev.calotype." + other + "..")
                .toArray(String[]::new);
        if (others.length == 0) return;
        noClasses()
                .that()
                .resideInAPackage("dev.calotype." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLASSES);
    }

    @Test
    void everyPackageHasItsDirectionsStated() {
        Set<String> rooms = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("dev.calotype."))
                .map(name -> name.split("\\.")[2])
                .collect(Collectors.toSet());
        assertThat(MAY_USE.keySet()).containsAll(rooms);
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
