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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in an H2 file of one process, safe after every call even if the process is killed. A call that fails, as on a full disk, is a
 * {@link Refusal}; the next one tries again.
 */
final class JobStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE =
            "create table if not exists job (number bigint generated always as identity primary key,"
                    + " id varchar(64) not null unique, state varchar(16) not null, body clob not null)";
    /** Writes what is there once more. */
    private static final String AGAIN = "update job set state = state where number = (select max(number) from job)";

    private final Claim claim;
    private final Path file;
    private final JdbcDataSource source = new JdbcDataSource();
    private Connection connection; // null after a failure, which closes the file: the next call opens it anew
    private boolean written = true;

    /** @throws IOException if another process has it open, or it is damaged */
    JobStore(Path folder) throws IOException {
        claim = Claim.of(folder, "studio");
        file = folder.resolve("jobs.mv.db");
        source.setURL("jdbc:h2:file:" + folder.toAbsolutePath().resolve("jobs")
                + ";CACHE_SIZE=1024;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
        try {
            connection = connected();
        } catch (SQLException e) {
            claim.close();
            throw failed(e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    private Connection connected() throws SQLException {
        Connection made = source.getConnection();
        try (Statement statement = made.createStatement()) {
            statement.execute(TABLE);
        }
        return made;
    }

    private IOException failed(String reason, SQLException e) {
        return new IOException("cannot use the jobs in " + file + ": " + reason, e);
    }

    /** What is done with the file. */
    @FunctionalInterface
    private interface Call<T> {
        T of(Connection open) throws SQLException, IOException;
    }

    /** @throws Refusal if it fails: 503 */
    private <T> T call(Call<T> call) {
        try {
            if (connection == null) connection = connected();
            return call.of(connection);
        } catch (SQLException | IOException | RuntimeException e) {
            letGo();
            throw Refusal.notKept("the list of jobs", e);
        }
    }

    private void letGo() {
        try (Connection failed = connection) {
            connection = null;
        } catch (SQLException e) {
            LOG.debug("{} was closed by its failure", file, e);
        }
    }

    /** Keeps a job as it is now, also if the process is killed at once. */
    synchronized void put(Job job) {
        written = false;
        String body = text(job.stored());
        call(open -> {
            int rows = update(open, "update job set state = ?, body = ? where id = ?", job.state.word(), body, job.id);
            if (rows == 0)
                update(open, "insert into job (state, body, id) values (?, ?, ?)", job.state.word(), body, job.id);
            return update(open, "checkpoint"); // what was committed alone may wait in memory
        });
        written = true;
    }

    /** Whether the latest that was put is kept, or would be now. */
    synchronized boolean isWritable() {
        try {
            if (!written) call(open -> update(open, AGAIN) + update(open, "checkpoint"));
            written = true;
        } catch (Refusal e) {
            LOG.debug("{} cannot be written yet", file, e);
        }
        return written;
    }

    private static int update(Connection open, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setString(i + 1, values[i]);
            return statement.executeUpdate();
        }
    }

    synchronized Optional<Job> find(String id) {
        return query("select body from job where id = ?", 1, id).stream().findFirst();
    }

    /**
     * The latest, the newest first.
     *
     * @param before the id of a job that all are older than; empty for none
     */
    synchronized List<Job> latest(int limit, String before) {
        return before.isEmpty()
                ? query("select body from job order by number desc", limit)
                : query(
                        "select body from job where number < (select number from job where id = ?) order by number desc",
                        limit,
                        before);
    }

    /** Those that are not over, the oldest first. */
    synchronized List<Job> open() {
        return query("select body from job where state in ('queued', 'running', 'paused') order by number", 0);
    }

    /** @param limit the most that are read; 0 for all */
    private List<Job> query(String sql, int limit, String... parameters) {
        return call(open -> {
            List<Job> jobs = new ArrayList<>();
            try (PreparedStatement statement = open.prepareStatement(sql)) {
                statement.setMaxRows(limit);
                for (int i = 0; i < parameters.length; i++) statement.setString(i + 1, parameters[i]);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) jobs.add(Job.of((ObjectNode) JSON.readTree(rows.getString(1))));
                }
            }
            return jobs;
        });
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
            if (connection != null) connection.close();
        } catch (SQLException e) {
            throw failed(e.getMessage(), e);
        } finally {
            claim.close();
        }
    }
}
