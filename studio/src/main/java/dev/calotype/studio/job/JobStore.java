package dev.calotype.studio.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.Claim;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.h2.jdbcx.JdbcDataSource;

/** Jobs in an H2 file of one process, safe after every call even if the process is killed. */
final class JobStore implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE =
            "create table if not exists job (number bigint generated always as identity primary key,"
                    + " id varchar(64) not null unique, state varchar(16) not null, body clob not null)";

    private final Claim claim;
    private final Connection connection;
    private final Path file;

    /** @throws IOException if another process has it open, or it is damaged */
    JobStore(Path folder) throws IOException {
        claim = Claim.of(folder, "studio");
        file = folder.resolve("jobs.mv.db");
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.toAbsolutePath().resolve("jobs")
                + ";CACHE_SIZE=1024;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
        try {
            connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                statement.execute(TABLE);
            }
        } catch (SQLException e) {
            claim.close();
            throw failed(e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    private IOException failed(String reason, SQLException e) {
        return new IOException("cannot use the jobs in " + file + ": " + reason, e);
    }

    /** Keeps a job as it is now, also if the process is killed at once. */
    synchronized void put(Job job) throws IOException {
        write(job);
        try (Statement statement = connection.createStatement()) {
            statement.execute("checkpoint"); // what was committed alone may wait in memory
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        }
    }

    private void write(Job job) throws IOException {
        String body = text(job.stored());
        try (PreparedStatement update =
                connection.prepareStatement("update job set state = ?, body = ? where id = ?")) {
            update.setString(1, job.state.word());
            update.setString(2, body);
            update.setString(3, job.id);
            if (update.executeUpdate() > 0) return;
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into job (id, state, body) values (?, ?, ?)")) {
            insert.setString(1, job.id);
            insert.setString(2, job.state.word());
            insert.setString(3, body);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        }
    }

    synchronized Optional<Job> find(String id) throws IOException {
        return query("select body from job where id = ?", 1, id).stream().findFirst();
    }

    /**
     * The latest, the newest first.
     *
     * @param before the id of a job that all are older than; empty for none
     */
    synchronized List<Job> latest(int limit, String before) throws IOException {
        return before.isEmpty()
                ? query("select body from job order by number desc", limit)
                : query(
                        "select body from job where number < (select number from job where id = ?) order by number desc",
                        limit,
                        before);
    }

    /** Those that are not over, the oldest first. */
    synchronized List<Job> open() throws IOException {
        return query("select body from job where state in ('queued', 'running', 'paused') order by number", 0);
    }

    /** @param limit the most that are read; 0 for all */
    private List<Job> query(String sql, int limit, String... parameters) throws IOException {
        List<Job> jobs = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setMaxRows(limit);
            for (int i = 0; i < parameters.length; i++) statement.setString(i + 1, parameters[i]);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) jobs.add(Job.of((ObjectNode) JSON.readTree(rows.getString(1))));
            }
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        }
        return jobs;
    }

    private static String text(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        } finally {
            claim.close();
        }
    }
}
