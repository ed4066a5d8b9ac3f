package io.dsqlproxy.simulator;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * The PostgreSQL behind the simulator, with the objects of DSQL's {@code sys} schema. Thread-safe.
 *
 * <p>PostgreSQL runs as a process of its own. It ends with {@link #close}, and, when the JVM ends
 * or is killed, by a small shell that waits for the end of its input and then removes all files.
 */
final class EmbeddedBackend implements AutoCloseable {

  private static final String WATCHDOG =
      "trap '' INT TERM HUP; cat >/dev/null;"
          + " test -f \"$2/data/postmaster.pid\" && kill -QUIT \"$1\" 2>/dev/null;"
          + " sleep 1; rm -rf \"$2\"";

  private final EmbeddedPostgres postgres;
  private final Process watchdog;
  private final Map<Integer, String> refusedFunctions;

  private EmbeddedBackend(
      EmbeddedPostgres postgres, Process watchdog, Map<Integer, String> refusedFunctions) {
    this.postgres = postgres;
    this.watchdog = watchdog;
    this.refusedFunctions = refusedFunctions;
  }

  /** Starts in this directory, which the watchdog removes if nobody else does. */
  static EmbeddedBackend start(Path directory) throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(true)
            .setServerConfig("max_connections", "300")
            .setServerConfig("max_locks_per_transaction", "256")
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("full_page_writes", "off")
            .setServerConfig("log_min_messages", "panic")
            .setServerConfig("jit", "off")
            // It locks tables when it truncates them, and no session may wait for it.
            .setServerConfig("autovacuum", "off")
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
            .start();
    Process watchdog = watch(directory, data);
    try {
      return new EmbeddedBackend(postgres, watchdog, prepare(postgres));
    } catch (SQLException e) {
      postgres.close();
      watchdog.destroy();
      throw new IOException("cannot prepare the embedded PostgreSQL", e);
    }
  }

  int port() {
    return postgres.getPort();
  }

  /** A connection of the simulator's own. */
  Connection connect() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  /** The functions that DSQL does not have, by PostgreSQL's object identifier. */
  Map<Integer, String> refusedFunctions() {
    return refusedFunctions;
  }

  /** Drops what clients have created, after ending those that are in a transaction. */
  void removeUserObjects() {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(UserObjects.REMOVE);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot remove the clients' tables", e);
    }
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      watchdog.destroyForcibly();
    }
  }

  private static Process watch(Path directory, Path data) throws IOException {
    String processId = Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim();
    return new ProcessBuilder("sh", "-c", WATCHDOG, "watchdog", processId, directory.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static Map<Integer, String> prepare(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(BackendSchema.SCRIPT);
      statement.execute(ClaimsSchema.SCRIPT);
      statement.execute(CopiesSchema.SCRIPT);
      statement.execute(JobsSchema.SCRIPT);
      statement.execute(CatalogSchema.SCRIPT);
      Map<Integer, String> functions = new HashMap<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT oid::int, proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
                  + " AND (proname LIKE 'pg\\_advisory%' OR proname LIKE 'pg\\_try\\_advisory%'"
                  + " OR proname IN ('set_config', 'pg_notify', 'pg_cancel_backend',"
                  + " 'pg_terminate_backend'))")) {
        while (rows.next()) {
          functions.put(rows.getInt(1), rows.getString(2));
        }
      }
      return Map.copyOf(functions);
    }
  }
}
