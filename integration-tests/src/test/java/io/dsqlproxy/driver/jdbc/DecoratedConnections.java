package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.RetryBudget;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.Planner;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** A PostgreSQL server for one test class, and decorated connections to it. Thread-confined. */
final class DecoratedConnections implements AutoCloseable {

  static final String URL = "jdbc:dsql-proxy:postgresql://host/db";

  /** As if the rewriter had planned: FOR SHARE goes, or becomes FOR UPDATE; LOCK is refused. */
  static final Planner PLANNER =
      sql -> {
        if (sql.startsWith("LOCK")) {
          return new Plan(sql, refusal(), refusal());
        }
        return sql.endsWith(" FOR SHARE")
            ? new Plan(sql, send(sql, ""), send(sql, " FOR UPDATE"))
            : Plan.unchanged(sql);
      };

  private final EmbeddedPostgres postgres;
  final DriverStatistics statistics = new DriverStatistics();

  DecoratedConnections() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  Connection open() throws SQLException {
    return open(false, "");
  }

  Connection open(boolean allowWeakerIsolation, String urlParameters) throws SQLException {
    return DsqlConnection.wrap(openPg(urlParameters), context(allowWeakerIsolation));
  }

  /** A connection that moves, and gets old by the given clock. */
  Connection openMoving(ReconnectMode mode, LongSupplier nanoClock, String urlParameters)
      throws SQLException {
    Renewal renewal =
        new Renewal(
            mode,
            Duration.ofMinutes(55),
            () -> openPg(urlParameters),
            nanoClock,
            () -> new Random(1));
    return DsqlConnection.wrap(openPg(urlParameters), context(false), renewal, null);
  }

  /** Ends a session as an administrator does: the server says so (57P01), and hangs up. */
  void terminate(Connection connection) throws SQLException {
    int process = connection.unwrap(DsqlConnection.class).session().current().pg().getBackendPID();
    ask("SELECT pg_terminate_backend(" + process + ", 10000)");
  }

  Connection openPg(String urlParameters) throws SQLException {
    return DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres") + urlParameters);
  }

  ConnectionContext context(boolean allowWeakerIsolation) {
    RetryPolicy policy =
        new RetryPolicy(5, Duration.ofNanos(1), Duration.ofMillis(1), Duration.ofSeconds(30));
    return new ConnectionContext(
        URL,
        PLANNER,
        policy,
        RetryMode.TRANSACTION,
        FailedCommit.RETURN,
        8 << 20,
        new RetryBudget(1000),
        allowWeakerIsolation,
        statistics);
  }

  /** Runs statements outside every test's connection. */
  void run(String... statements) throws SQLException {
    try (Connection connection = openPg("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The only value of a query that runs outside every test's connection. */
  String ask(String query) throws SQLException {
    try (Connection connection = openPg("");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }

  private static PlannedForm send(String sql, String lock) {
    String text = sql.substring(0, sql.length() - " FOR SHARE".length()) + lock;
    return new PlannedForm.Send(text, List.of(finding(Verdict.REWRITTEN)));
  }

  private static PlannedForm refusal() {
    return new PlannedForm.Refuse(finding(Verdict.REFUSED), List.of());
  }

  private static Finding finding(Verdict verdict) {
    return new Finding(
        RuleId.FOR_SHARE, new Finding.Place(0, 1, 1), "FOR SHARE", "", verdict, "for this test");
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
