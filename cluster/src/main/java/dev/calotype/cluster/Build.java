package dev.calotype.cluster;

import dev.calotype.collective.Ranks;
import dev.calotype.io.FileId;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/** The build of Calotype that a process runs: of driver and executors it must be the same. */
final class Build {
    private static final int SHOWN = 12;

    private Build() {}

    /** Hashes of the archives of the library and of this module; of folders of classes only that they are such. */
    static String here() {
        StringJoiner build = new StringJoiner(" ");
        for (Class<?> type : List.of(Ranks.class, Build.class)) build.add(hash(type));
        return build.toString();
    }

    private static String hash(Class<?> type) {
        try {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) return "classes";
            return FileId.sha256(Files.readAllBytes(place)).substring(0, SHOWN);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the program itself", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Throws IllegalArgumentException where another one runs. */
    static void require(String driver) {
        Check.that(
                here().equals(driver), "an executor has another build of Calotype than the driver, " + driver, here());
    }
}
