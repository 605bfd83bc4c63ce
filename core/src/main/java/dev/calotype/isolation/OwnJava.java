package dev.calotype.isolation;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How a process is started that has the Java and the classes of this one. */
final class OwnJava {
    private static final long LEAST_HEAP = 64 << 20;
    private static final String MAIN = WorkerMain.class.getName();

    /** Properties that say where files lie; others of this program are its own affair. */
    private static final Set<String> KEPT = Set.of("java.io.tmpdir", "user.home", "java.library.path");

    private static final String NATIVES = "org.bytedeco.javacpp.";

    /** JavaCPP would bound native memory by the heap. */
    private static final List<String> UNBOUNDED =
            List.of("-D" + NATIVES + "maxBytes=0", "-D" + NATIVES + "maxPhysicalBytes=0");

    private OwnJava() {}

    /**
     * The command. It has little heap at first and as much as this program at most, compiles quickly, and is silent where it crashes.
     *
     * @return empty where Java or the class path is not known, as where classes lie in jars inside of a jar
     */
    static List<String> command() {
        String path = classPath(), home = System.getProperty("java.home");
        if (path.isEmpty() || home == null) return List.of();
        List<String> command = new ArrayList<>();
        command.add(Path.of(home, "bin", "java").toString());
        long most = Math.max(LEAST_HEAP, Runtime.getRuntime().maxMemory());
        command.addAll(List.of(
                "-Xms32m", "-Xmn16m", "-Xmx" + (most >> 10) + "k")); // the young part holds a clip of small frames
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable"));
        command.addAll(List.of("-XX:+SuppressFatalErrorMessage", "-XX:-CreateCoredumpOnCrash"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(OwnJava::isInherited)
                .forEach(command::add);
        command.addAll(UNBOUNDED);
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> KEPT.contains(name) || name.startsWith(NATIVES))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", path, MAIN));
        return command;
    }

    /** The archive of classes, which starts it sooner, and what Java asks before native code is called. */
    static boolean isInherited(String option) {
        return option.startsWith("-XX:SharedArchiveFile=")
                || option.startsWith("-XX:ArchiveRelocationMode=")
                || option.equals("-XX:+UnlockDiagnosticVMOptions")
                || option.contains("enable-native-access=");
    }

    private static String classPath() {
        ClassLoader ours = OwnJava.class.getClassLoader();
        String start = System.getProperty("java.class.path");
        if (ours == ClassLoader.getSystemClassLoader()) return start;
        List<String> files = new ArrayList<>();
        for (ClassLoader loader = ours; loader != null; loader = loader.getParent()) {
            if (!(loader instanceof URLClassLoader known)) continue;
            for (URL url : known.getURLs()) {
                if (!url.getProtocol().equals("file")) return "";
                try {
                    files.add(Path.of(url.toURI()).toString());
                } catch (URISyntaxException e) {
                    return "";
                }
            }
        }
        if (files.isEmpty()) return "";
        files.add(start);
        return String.join(File.pathSeparator, files);
    }
}
