package dev.calotype.studio.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** What a full disk does to the jobs of a studio: their file is closed, and cannot be used until there is room again. */
public record BrokenStore(Path file, Path away) implements AutoCloseable {
    /** Breaks that of a home, until this is closed. */
    public static BrokenStore of(Path home) throws IOException, SQLException {
        String url = "jdbc:h2:file:" + home.toAbsolutePath().resolve("jobs") + ";IFEXISTS=TRUE";
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            statement.execute("shutdown immediately");
        } catch (SQLException e) {
            if (e.getErrorCode() != 90121 && e.getErrorCode() != 90098) throw e; // it is closed, as it is to be
        }
        Path file = home.resolve("jobs.mv.db"), away = home.resolve("away");
        Files.move(file, away);
        Files.createDirectory(file);
        return new BrokenStore(file, away);
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
        Files.move(away, file);
    }
}
