package dev.calotype.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** The engine's native libraries as the class path holds them, and what to tell who lacks them. */
final class Natives {
    /** The libraries of JavaCPP without which there is no tensor. */
    static final List<String> REQUIRED = List.of("javacpp", "openblas", "pytorch");

    /** The platforms for which all of them exist in this version, by JavaCPP's names. */
    static final List<String> PLATFORMS = List.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

    private static final List<String> BUILDS = List.of("", "-gpu");

    private Natives() {}

    /** Unpacks those of one of JavaCPP's libraries; none if the class path has none for this platform. */
    static void extract(String library) throws IOException {
        for (String build : BUILDS) Loader.cacheResources(Loader.class, folder(library, Loader.getPlatform() + build));
    }

    /** Why loading failed with {@code error}, and what to do: one sentence. */
    static String explain(LinkageError error) {
        String platform = Loader.getPlatform();
        if (!PLATFORMS.contains(platform))
            return "the engine has no native libraries for " + platform + ": take a 64-bit JDK for one of "
                    + String.join(", ", PLATFORMS);
        List<String> missing =
                REQUIRED.stream().filter(library -> !has(library, platform)).toList();
        if (!missing.isEmpty())
            return "the class path lacks the engine's native libraries for " + platform + " ("
                    + String.join(", ", missing) + others(platform)
                    + "): add the dependency dev.calotype:calotype-platform";
        return "the engine's native libraries for " + platform + " cannot be loaded"
                + (platform.startsWith("linux") ? "; they need glibc 2.35 or later, and not musl: " : ": ")
                + String.valueOf(root(error).getMessage()).lines().findFirst().orElse("no reason is given");
    }

    private static String others(String platform) {
        List<String> others = new ArrayList<>(PLATFORMS);
        others.remove(platform);
        others.removeIf(other -> !has("pytorch", other));
        return others.isEmpty() ? "" : "; it has those for " + String.join(", ", others);
    }

    private static boolean has(String library, String platform) {
        try {
            for (String build : BUILDS) {
                URL[] found = Loader.findResources(Loader.class, folder(library, platform + build));
                if (found != null && found.length > 0) return true;
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the class path", e);
        }
    }

    private static String folder(String library, String platform) {
        return "/org/bytedeco/" + library + "/" + platform + "/";
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) root = root.getCause();
        return root;
    }
}
